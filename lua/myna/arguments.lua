--- The arguments of a tool: those the model gave, and the defaults of those it left out.
local M = {}

local function copy(value)
  if type(value) ~= "table" then return value end
  local out = {}
  for key, inner in pairs(value) do out[key] = copy(inner) end
  return out
end

--- Fills in defaults where arguments were left out.
function M.complete(schema, args)
  for _, property in ipairs(schema and schema.properties or {}) do
    local value = args[property.name]
    if value == nil then
      args[property.name] = copy(property.schema.otherwise)
    elseif type(value) == "table" and property.schema.properties then
      M.complete(property.schema, value)
    end
  end
  return args
end

return M
