--- Which of the SDK's values a table is: a tool, an agent, a schema. Such values are made here and
--- nowhere else, cannot be taken for each other, and are refused where JSON is expected.
local M = {}

local kind_of = setmetatable({}, { __mode = "k" })

--- Makes a kind: returns its constructor and its methods.
function M.new(name)
  local methods = {}
  local meta = { __name = name, __metatable = name, __index = methods }
  return function(fields)
    kind_of[fields] = name
    return setmetatable(fields, meta)
  end, methods, meta
end

--- The kind of a value, or nil.
function M.of(value)
  return kind_of[value]
end

--- How a value is named in a message: "a string", "an agent".
function M.describe(value)
  local name = kind_of[value] or math.type(value) == "integer" and "number" or type(value)
  if name == "nil" then return "nothing" end
  return (name:find "^[aeiou]" and "an " or "a ") .. name
end

--- Stands for what could not be loaded. A call has none: there the first mistake raises.
M.broken = native.checking() and require "myna.broken" or nil

function M.is_broken(value)
  return value ~= nil and rawequal(value, M.broken)
end

return M
