-- types.lua - fail when lua/meta does not type what the SDK and its natives have, or types more.
--   lua5.4 tests/lint/types.lua <root of the project>
local root = arg[1]
package.path = root .. "/tests/lint/?.lua"
local tree = require "tree"

local function read(path)
  local file <close> = assert(io.open(root .. "/" .. path))
  return file:read "a"
end

local function set_of(text, pattern, out)
  out = out or {}
  for name in text:gmatch(pattern) do out[name] = true end
  return out
end

--- Tells each name that is in one of two sets only.
local function compare(what, has, typed, path)
  for name in pairs(has) do
    if not typed[name] then tree.complain(path, nil, "%s '%s' is not typed", what, name) end
  end
  for name in pairs(typed) do
    if not has[name] then
      tree.complain(path, nil, "%s '%s' is typed but is not there", what, name)
    end
  end
end

-- What C registers in native: {"name", function} rows of its lists, and fields set one by one.
local natives = {}
local replaced = { base = true, coroutine = true, ordered = true, string = true, table = true }
for _, path in ipairs(tree.files(root, { "runtime/script" }, { "c" })) do
  local lib = path:match "/lib_(%l+)%.c$"
  local text = lib and not replaced[lib] and read(path) or ""
  text = text:gsub("static const luaL_Reg os%[%].-};", "")
  for list in text:gmatch "luaL_Reg functions%[%]%s*=%s*(%b{})" do
    set_of(list, '{"(%w[%w_]*)"', natives)
  end
  local register = text:match "\nvoid mn_lib_.*$" or ""
  set_of(register, 'lua_setfield%(L, %-2, "(%a[%w_]*)"%)', natives)
end
local native_meta = read "lua/meta/native.lua"
local typed = set_of(native_meta, "\nfunction native%.([%w_]+)")
local native_class = native_meta:match "%-%-%-@class native\n(.-)\nnative"
set_of(native_class, "%-%-%-@field ([%w_]+)", typed)
compare("native", natives, typed, "lua/meta/native.lua")

-- The fields each word takes: the rows of its `rules`, without those that are not built yet.
local meta = read "lua/meta/myna.lua" .. read "lua/meta/waiting.lua"
  .. read "lua/meta/kept.lua" .. read "lua/meta/words.lua" .. read "lua/meta/text.lua"

local function class(name)
  local body = meta:match("%-%-%-@class myna%." .. name .. "\n(.-)\n[^-]")
  return set_of("\n" .. (body or ""), "\n%-%-%-@field ([%w_]+)")
end

for word, name in pairs { tool = "ToolSpec", agent = "AgentSpec", handoff = "HandoffSpec",
  app = "AppSpec", textspec = "TextAgentSpec" } do
  local rules = read("lua/myna/" .. word .. ".lua"):match "\nlocal rules = (%b{})"
  compare(word .. "'s field", set_of(rules, "\n  ([%w_]+) = %b{}"), class(name),
    "lua/meta/myna.lua")
end

-- The words of `require "myna"`.
local init = read "lua/myna/init.lua"
local words = set_of((init:match "\nlocal places = (%b{})"), "([%w_]+) = ")
local typed_words = set_of(meta, "\nfunction myna%.([%w_]+)")
set_of(meta:match "%-%-%-@class myna\n(.-)\nlocal", "%-%-%-@field ([%w_]+)", typed_words)
compare("myna", words, typed_words, "lua/meta/myna.lua")

-- What ctx does.
compare("ctx", set_of(read "lua/myna/orders.lua", "\nfunction methods:([%w_]+)"),
  set_of(read "lua/meta/context.lua", "\nfunction Context:([%w_]+)"), "lua/meta/context.lua")

-- The language of scenarios: its words, the verbs of each party, and what those are written with.
local test_meta = read "lua/meta/test.lua"
local test_typed = set_of(test_meta, "\nfunction test%.([%w_]+)")
test_typed.any = true
compare("myna.test", set_of(read("lua/myna/test.lua"), "\n  ([%w_]+) = "), test_typed,
  "lua/meta/test.lua")
for party, file in pairs { caller = "caller", model = "model", app = "app", http = "net" } do
  compare(party, set_of(read("lua/myna/test/" .. file .. ".lua"), "\nfunction M:([%w_]+)"),
    set_of(test_meta, "\nfunction " .. party .. ":([%w_]+)"), "lua/meta/test.lua")
end
local said = set_of(read "lua/myna/test/said.lua", "\nfunction M%.([%w_]+)")
said.arguments = nil
compare("model", set_of(read "lua/myna/test/model.lua", "\nfunction makers%.([%w_]+)", said),
  set_of(test_meta, "\nfunction lines:([%w_]+)"), "lua/meta/test.lua")
compare("app.http:on(...)", set_of(read "lua/myna/test/net.lua", "\nfunction acts%.([%w_]+)"),
  set_of(test_meta, "\nfunction rule:([%w_]+)"), "lua/meta/test.lua")
for party, name in pairs { writer = "writer", moderation = "moderation" } do
  local verbs = set_of(read "lua/myna/test/writer.lua", "\nfunction " .. name .. ":([%w_]+)")
  if party == "writer" then verbs.says, verbs.calls, verbs.responds = true, true, true end
  compare(party, verbs, set_of(test_meta, "\nfunction " .. party .. ":([%w_]+)"),
    "lua/meta/test.lua")
end
local stage_natives = {}
for _, lib in ipairs { "api", "reload", "stage", "tools", "sound", "trouble", "words" } do
  local text = read("runtime/sim/lib_" .. lib .. ".c")
  set_of(text:match "luaL_Reg functions%[%]%s*=%s*(%b{})", '{"(%w[%w_]*)"', stage_natives)
end
local stage_typed = set_of(read "lua/meta/native_test.lua", "\nfunction native%.([%w_]+)")
compare("native", stage_natives, stage_typed, "lua/meta/native_test.lua")
tree.finish()
