-- rules.lua - fail when a rule of docs/conversation.md that is not marked planned has no test with
-- its number, or when a test carries the number of no rule.
--   lua5.4 tests/lint/rules.lua <root of the project>
local root = arg[1]
package.path = root .. "/tests/lint/?.lua"
local tree = require "tree"

local document = "docs/conversation.md"

local function rules() -- number -> { line, planned }
  local found, n = {}, 0
  for line in io.lines(root .. "/" .. document) do
    n = n + 1
    local number, rest = line:match "^%- %*%*(R%d+)%*%* (.*)"
    if number then
      found[number] = { line = n, planned = rest:find("*(planned)*", 1, true) == 1 }
    end
  end
  return found
end

local names = { -- how a test says which rule it proves
  "^TEST%((R%d+)_",
  "[\"`](R%d+) ",
  "^%s*/%* (R%d+)%f[%W]",
  "^%s*%-%- (R%d+)%f[%W]",
  "^%s*// (R%d+)%f[%W]",
}

local function tested() -- number -> where its first test is
  local found = {}
  local folders = { "tests/unit", "tests/e2e", "tests/scenarios", "tests/fuzz", "agents" }
  for _, path in ipairs(tree.files(root, folders, { "c", "lua", "mjs" })) do
    local n = 0
    for line in io.lines(root .. "/" .. path) do
      n = n + 1
      for _, pattern in ipairs(names) do
        local number = line:match(pattern)
        if number then found[number] = found[number] or { path = path, line = n } end
      end
    end
  end
  return found
end

local known, named = rules(), tested()
for number, rule in pairs(known) do
  if not rule.planned and not named[number] then
    tree.complain(document, rule.line, "no test names %s; mark it *(planned)* or test it", number)
  end
end
for number, place in pairs(named) do
  if not known[number] then
    tree.complain(place.path, place.line, "%s is no rule of %s", number, document)
  end
end
tree.finish()
