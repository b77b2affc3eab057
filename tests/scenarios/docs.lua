-- docs.lua - play the scenarios of docs/testing.md (```lua scenario) on agents/dental, or on the
-- app of tests/scenarios they name (```lua scenario office); fail when a verb of the language
-- stands in none of them.
--   lua5.4 tests/scenarios/docs.lua <root of the project> <the binary> <folder to write to>
local root, myna, folder = arg[1], arg[2], arg[3]

local function read(path)
  local file <close> = assert(io.open(path))
  return file:read "a"
end

local function run(command, ...)
  return os.execute(command:format(...)) == true
end

--- The blocks, each on the lines it has in the page, so that a failure names those.
local function blocks(page)
  local found, block, number = {}, nil, 0
  for line in (page .. "\n"):gmatch "(.-)\n" do
    number = number + 1
    local app = line:match "^```lua scenario ?(%l*)$"
    if app then
      block = { ("\n"):rep(number - 1) .. 'local test = require "myna.test"' }
      block.app = app == "" and "dental" or app
    elseif block and line == "```" then
      found[#found + 1] = { text = table.concat(block, "\n") .. "\n", app = block.app }
      block = nil
    elseif block then
      block[#block + 1] = line
    end
  end
  return found
end

local page = read(root .. "/docs/testing.md")
local found, all = blocks(page), {}
for i, block in ipairs(found) do all[i] = block.text end
local texts = table.concat(all)
local missing = 0
for party, verb in read(root .. "/lua/meta/test.lua"):gmatch "\nfunction (%l+)[:.]([%w_]+)%(" do
  local pattern = (party == "test" and "test%." or ":") .. verb .. "%f[^%w_]"
  local row = page:match("\n| `" .. party .. "` |[^\n]*")
  if row and not row:find("%f[%w_]" .. verb .. "%f[^%w_]") then
    print(("docs/testing.md: the table of verbs has no %s of the %s's"):format(verb, party))
    missing = missing + 1
  end
  if not texts:find(pattern) then
    print(("docs/testing.md: no scenario shows %s's %s"):format(party, verb))
    missing = missing + 1
  end
end

assert(run("rm -rf '%s' && mkdir -p '%s'", folder, folder))

--- A copy of an app without its own scenarios, once.
local copied = {}
local function copy(app)
  if copied[app] then return end
  copied[app] = true
  local from = app == "dental" and "agents" or "tests/scenarios"
  assert(run("cp -r '%s/%s/%s' '%s/%s'", root, from, app, folder, app))
  assert(run("rm -r '%s/%s/scenarios' && mkdir '%s/%s/scenarios'", folder, app, folder, app))
end

--- A second of a tone that any ear takes for speech: PCM16, mono, 24 kHz.
local function wav()
  local samples = {}
  for i = 0, 23999 do samples[#samples + 1] = string.pack("<i2", i // 60 % 2 * 16000 - 8000) end
  local pcm = table.concat(samples)
  return string.pack("<c4I4c4c4I4I2I2I4I4I2I2c4s4", "RIFF", 36 + #pcm, "WAVE", "fmt ", 16, 1, 1,
    24000, 48000, 2, 16, "data", pcm)
end

for _, block in ipairs(found) do copy(block.app) end
local recording = assert(io.open(folder .. "/dental/scenarios/hello.wav", "wb"))
assert(recording:write(wav()))
recording:close()
for i, block in ipairs(found) do
  local path = ("%s/%s/scenarios/testing.md-%02d.lua"):format(folder, block.app, i)
  local file <close> = assert(io.open(path, "w"))
  assert(file:write(block.text))
end
local passed = run("'%s' test '%s'", myna, folder) and run("'%s' test --wire '%s'", myna, folder)
os.exit(passed and missing == 0 and #found > 0)
