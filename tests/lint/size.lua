-- size.lua - fail when a file has more than 800 lines; name those that are on the way there.
--   lua5.4 tests/lint/size.lua <root of the project>
local root = arg[1]
package.path = root .. "/tests/lint/?.lua"
local tree = require "tree"

local limit, notice = 800, 500

local function count(path)
  local n = 0
  for _ in io.lines(root .. "/" .. path) do n = n + 1 end
  return n
end

local folders = { "runtime", "lua", "agents", "examples", "tests" }
for _, path in ipairs(tree.files(root, folders, { "c", "h", "lua", "js", "mjs", "py", "css" })) do
  local lines = count(path)
  if lines > limit then
    tree.complain(path, nil, "%d lines, the limit is %d: which two nouns live here?", lines, limit)
  elseif lines > notice then
    print(("%s: %d lines; the limit is %d"):format(path, lines, limit))
  end
end
tree.finish()
