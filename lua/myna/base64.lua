--- myna.base64: bytes as text, and back.
local kinds = require "myna.kinds"

local M = {}

function M.encode(bytes)
  if type(bytes) == "string" then return native.b64_encode(bytes) end
  error("myna.base64.encode: expected a string, got " .. kinds.describe(bytes), 2)
end

--- The bytes; or nil and what is wrong. Of the alphabet for URLs, and without padding, as well.
function M.decode(text)
  if type(text) ~= "string" then
    error("myna.base64.decode: expected a string, got " .. kinds.describe(text), 2)
  end
  local plain = text:gsub("[%s=]", ""):gsub("-", "+"):gsub("_", "/")
  local bytes = native.b64_decode(plain .. ("="):rep(-#plain % 4))
  if bytes then return bytes end
  return nil, "not base64"
end

return M
