--- What a line of a model's may be, the voice's or a text agent's: each gives a function that makes
--- outputs when it is its turn.
local book = require "myna.test.book"

local M = {}

function M.arguments(value)
  if type(value) == "string" then return value end
  if next(value or {}) == nil then return "{}" end
  return native.encode(value)
end

function M.says(text, options)
  if type(text) ~= "string" or text == "" then error("model:says: expected words", 0) end
  local ms = options and options.lasts and book.ms(options.lasts, "lasts") or nil
  return function() return { { says = text, lasts = ms } } end
end

function M.calls(name, arguments)
  if type(name) ~= "string" then error("model:calls: expected a tool's name", 0) end
  local json = M.arguments(arguments)
  return function() return { { calls = name, arguments = json } } end
end

--- { says = "...", calls = { "name", { ... } } }, or a list of such calls.
function M.responds(parts)
  if type(parts) ~= "table" then error("model:responds: expected { says =, calls = }", 0) end
  local outputs = {}
  if parts.says then outputs[1] = { says = parts.says } end
  local calls = parts.calls or {}
  if type(calls[1]) == "string" then calls = { calls } end
  for _, call in ipairs(calls) do
    outputs[#outputs + 1] = { calls = call[1], arguments = M.arguments(call[2]) }
  end
  if #outputs == 0 then error("model:responds: expected { says =, calls = }", 0) end
  return function() return outputs end
end

return M
