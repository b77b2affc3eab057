-- authoring.lua - fail when an example of docs/authoring.md that claims to be played (```lua leads)
-- does not stand, as it is, in the app of that name in tests/scenarios.
--   lua5.4 tests/scenarios/authoring.lua <root of the project>
local root = arg[1]

local function read(path)
  local file <close> = assert(io.open(root .. "/" .. path))
  return file:read "a"
end

local shown, missing = 0, 0
for app, block in read "docs/authoring.md":gmatch "\n```lua (%l+)\n(.-\n)```" do
  shown = shown + 1
  if not read("tests/scenarios/" .. app .. "/agent.lua"):find(block, 1, true) then
    missing = missing + 1
    print(("docs/authoring.md: tests/scenarios/%s/agent.lua does not hold:\n%s"):format(app, block))
  end
end
os.exit(shown > 0 and missing == 0)
