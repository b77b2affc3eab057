-- log_keys.lua - fail on a key of the log whose class nobody said (runtime/base/log_keys.def), on a
-- row that nothing logs, and on rows that are not sorted: they are searched.
--   lua5.4 tests/lint/log_keys.lua <root of the project>
local root = arg[1]
package.path = root .. "/tests/lint/?.lua"
local tree = require "tree"

local table_path = "runtime/base/log_keys.def"
local classes = { ID = true, COUNT = true, TIME = true, CODE = true, OURS = true, PEER = true,
  PERSONAL = true, SECRET = true }
local rows, used = {}, {}

local function read(path)
  local file = assert(io.open(root .. "/" .. path))
  local text = file:read "a"
  file:close()
  return text
end

local function line_of(text, at)
  return select(2, text:sub(1, at):gsub("\n", "")) + 1
end

local last, n = "", 0
for line in io.lines(root .. "/" .. table_path) do
  n = n + 1
  local key, class = line:match "^X%(([%w_]+), (%u+)%)$"
  if key then
    if not classes[class] then tree.complain(table_path, n, "no class is called %s", class) end
    if key <= last then tree.complain(table_path, n, "%s does not come behind %s", key, last) end
    rows[key], last = { line = n, class = class }, key
  end
end

--- Each key in what a call of the logging function is given: {"key", ...} in C, { "key", ... } in
--- Lua.
local function look(path, text, call)
  for at, given in text:gmatch("()" .. call .. "(%b())") do
    for key in given:gmatch '{%s*"([^"]*)"%s*,' do
      used[key] = true
      if not rows[key] then
        tree.complain(path, line_of(text, at), "the log's key '%s' is not in %s: what may stand "
          .. "under it, and is it personal?", key, table_path)
      end
    end
  end
end

local makers = { ["runtime/base/log.h"] = true, ["runtime/base/log.c"] = true,
  ["runtime/script/lib_log.c"] = true } -- the last says of each field whose it is
for _, path in ipairs(tree.files(root, { "runtime" }, { "c", "h" })) do
  local text = read(path)
  look(path, text, "MN_LOG")
  if text:find "mn_log_line%(" and not makers[path] then
    tree.complain(path, line_of(text, text:find "mn_log_line%("), "log with MN_LOG")
  end
end
for _, path in ipairs(tree.files(root, { "lua/myna" }, { "lua" })) do
  local text = read(path)
  look(path, text, "context%.log")
  look(path, text, "M%.log")
end
for key, row in pairs(rows) do
  if not used[key] and row.class ~= "SECRET" then
    tree.complain(table_path, row.line, "nothing logs '%s'", key)
  end
end
tree.finish()
