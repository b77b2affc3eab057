-- words.lua - fail on tabs, spaces at a line's end, lines over 100 columns, and marks of work that
-- is not done.
--   lua5.4 tests/lint/words.lua <root of the project>
local root = arg[1]
package.path = root .. "/tests/lint/?.lua"
local tree = require "tree"

local widest = 100
local marks = { "TO" .. "DO", "FIX" .. "ME", "XX" .. "X" } -- written so that this file is clean

local function check(path, n, line)
  local columns = utf8.len(line) or #line
  local in_table = path:find "tests/mutants/%l+%.def$" -- a mark, then a line of source
  local limit = in_table and widest + 1 or widest

  if line:find "\t" then tree.complain(path, n, "a tab; indent with spaces") end
  if line:find "%s$" then tree.complain(path, n, "spaces at the end of the line") end
  if columns > limit then
    tree.complain(path, n, "%d columns, the limit is %d", columns, limit)
  end
  for _, mark in ipairs(marks) do
    if line:find("%f[%w]" .. mark .. "%f[%W]") then
      tree.complain(path, n, "'%s': do it, or leave it out and say so", mark)
    end
  end
end

local folders = { "runtime", "lua", "agents", "examples", "scripts", "tests", "cmake", ".ci" }
local extensions = { "c", "h", "def", "lua", "js", "mjs", "css", "html", "py", "cmake" }
for _, path in ipairs(tree.files(root, folders, extensions)) do
  local n = 0
  for line in io.lines(root .. "/" .. path) do
    n = n + 1
    check(path, n, line)
  end
end
tree.finish()
