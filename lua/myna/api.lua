--- Requests of the API beside the Realtime sessions: text responses, moderations. The key is put
--- there outside of Lua, and the address too unless an author named one.
local request = require "myna.request"

local M = {}

local json = { "Content-Type", "application/json" }

-- what a model says when it is busy, or ill, besides what every client tries again at
local again_on = { 408, 409, 429, 500, 502, 503, 504, 529, "refused", "dns", "reset" }

--- Returns a response. body: JSON. options: upstream, timeout (ms), tries, stream.
function M.post(path, body, options)
  local client = { retry = { tries = options.tries or 1, pause = 500, on = again_on } }
  local ask = { method = "POST", url = path, upstream = options.upstream or "", headers = json,
    body = body, total_ms = options.timeout, stream = options.stream }
  return request.attempt(client, ask, "POST " .. path, true)
end

--- Why a response is no answer, in words for the log: never a key, of which the API's own words
--- show a part.
function M.why(res)
  if res.err then return res.err.message or res.err.code end
  if res.status == 401 or res.status == 403 then return "the key was refused" end
  local ok, body = true, res.body
  if not body then ok, body = pcall(require "myna.stream".rest, res) end
  if not ok then return res.err and res.err.message or "the answer broke off" end
  local told = native.decode(body)
  local err = type(told) == "table" and told.error
  return type(err) == "table" and type(err.message) == "string" and err.message
    or body:sub(1, 300)
end

return M
