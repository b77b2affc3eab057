--- myna.hash: digests, for signatures of what is sent and received.
local kinds = require "myna.kinds"

local M = {}

local forms = {
  hex = function(bytes)
    return (bytes:gsub(".", function(byte) return ("%02x"):format(byte:byte()) end))
  end,
  base64 = function(bytes) return native.b64_encode(bytes) end,
  bytes = function(bytes) return bytes end,
}

local function in_form(word, bytes, form)
  local write = forms[form or "hex"]
  if not write then
    error(("%s: expected \"hex\", \"base64\" or \"bytes\", got %s"):format(word,
      type(form) == "string" and ("'%s'"):format(form) or kinds.describe(form)), 3)
  end
  return write(bytes)
end

local function text_of(word, value)
  if type(value) == "string" then return value end
  error(("%s: expected a string, got %s"):format(word, kinds.describe(value)), 3)
end

-- In parentheses, so that the frame is there for the author's line of an error.

--- SHA-256, as "hex" unless said otherwise.
function M.sha256(text, form)
  return (in_form("myna.hash.sha256", native.sha256(text_of("myna.hash.sha256", text)), form))
end

--- HMAC with SHA-256. The key may be a secret, which nothing shows.
function M.hmac(key, text, form)
  local opened = text_of("myna.hash.hmac", require "myna.secret".open(key))
  return (in_form("myna.hash.hmac", native.hmac(opened, text_of("myna.hash.hmac", text)), form))
end

return M
