-- examples.lua - fail when `myna check` refuses a Lua example of docs/authoring.md.
--   lua5.4 tests/scenarios/examples.lua <root of the project> <the binary> <folder to write to>
--
-- A block is a page of an app. One that begins with a field (`turn = {`) is fields of an app; one
-- marked ```lua of agent is fields of an agent, ```lua in tool what a function with ctx does. Names
-- that an example has from the ones above it are given by `before`.
local root, myna, folder = arg[1], arg[2], arg[3]

local function read(path)
  local file <close> = assert(io.open(path))
  return file:read "a"
end

local function write(path, text)
  local file <close> = assert(io.open(path, "w"))
  assert(file:write(text))
end

local function run(command, ...)
  return os.execute(command:format(...)) == true
end

--- On one line, so that what stands below it keeps the line it has in the page.
local before = [[
local myna = require "myna"
local s, args, routes, is_spam = myna.schema, {}, {}, function() end
local shop = myna.http.client { base_url = "http://127.0.0.1:9000" }
local find_order = myna.tool { name = "find_order", description = "Find.", execute = is_spam }
local mira, desk = myna.agent { name = "Mira" }, myna.agent { name = "Desk" }
if s and args and routes and shop and find_order and mira and desk then end
]]
before = before:gsub("\n", "; ")

local function page_of(mark, body)
  if mark == "of agent" then
    return "return myna.agent { name = \"An example\", ", body, "}"
  elseif mark == "in tool" then
    return "local function example(args, ctx) ", body, "end if example then end return desk"
  elseif body:find "^%s*[%l_]+ = " then
    return "return myna.app { agent = desk, ", body, "}"
  elseif body:find "\nreturn " or body:find "^return " then
    return "", body, ""
  end
  return "", body, "return desk"
end

local function check(number, mark, body)
  local app = ("%s/authoring-%03d"):format(folder, number)
  local head, text, tail = page_of(mark, body)
  assert(run("mkdir -p '%s/agents' '%s/prompts' '%s/knowledge'", app, app, app))
  write(app .. "/agents/returns.lua", "return require \"myna\".agent { name = \"Returns\" }\n")
  write(app .. "/prompts/mira.md", "You are Mira.\n")
  write(app .. "/prompts/desk.md", "You work at the desk.\n")
  assert(run("mkdir '%s/sounds' && cp '%s/tests/scenarios/jukebox/sounds/notice.wav' '%s/sounds/'",
    app, root, app))
  write(app .. "/knowledge/hours.md", "We are open from nine to five.\n")
  write(app .. "/.env", "SHOP_KEY=sesame\n")
  write(app .. "/agent.lua", before .. head .. ("\n"):rep(number) .. text .. "\n" .. tail .. "\n")
  if run("'%s' check '%s' >'%s/said' 2>&1", myna, app, app) then return true end
  print(("docs/authoring.md:%d: this example does not load:"):format(number + 1))
  print(read(app .. "/said"))
  return false
end

assert(run("rm -rf '%s'", folder))
local shown, wrong, number = 0, 0, 0
local block, mark, from
for line in (read(root .. "/docs/authoring.md") .. "\n"):gmatch "(.-)\n" do
  number = number + 1
  if block and line == "```" then
    shown = shown + 1
    if not check(from, mark, table.concat(block, "\n")) then wrong = wrong + 1 end
    block = nil
  elseif block then
    block[#block + 1] = line
  elseif line:find "^```lua" then
    block, mark, from = {}, line:match "^```lua%s*(.*)$", number
  end
end
print(("%d examples, %d do not load"):format(shown, wrong))
os.exit(shown > 0 and wrong == 0)
