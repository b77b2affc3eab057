--- myna.json: values as JSON text, and back.
local kinds = require "myna.kinds"

local M = {}

function M.encode(value)
  local ok, json, why = pcall(native.encode, value, "value")
  if not ok then error("myna.json.encode: " .. json, 2) end
  if not json then error("myna.json.encode: " .. why, 2) end
  return json
end

--- The value, or nil and what is wrong.
function M.decode(text)
  if type(text) ~= "string" then
    error("myna.json.decode: expected a string, got " .. kinds.describe(text), 2)
  end
  return native.decode(text)
end

return M
