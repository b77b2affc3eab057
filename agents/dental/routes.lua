-- routes.lua - what a page of the practice's asks over HTTP: a key to call with, and a text model.
local myna = require "myna"

local models = { ["gpt-4.1"] = true, ["gpt-4.1-mini"] = true } -- that a page may ask
local most_tokens = 1000 -- of one answer

-- A key for one call, to be used within a minute. Who asks has shown the caller's key, if the
-- server has any; the key that the model's API knows never leaves the server.
local function open_session(req)
  local secret = myna.token { user = req.user and req.user.id, ttl = "60s", single_use = true }
  return { json = { object = "realtime.session", model = "dental", client_secret = secret },
    headers = { ["Cache-Control"] = "no-store" } }
end

-- The Responses API, with the server's key: short answers, and nothing of it is stored there.
local function respond(req)
  local body = req:json()
  if type(body) ~= "table" or not models[body.model] then
    return { status = 400, json = { error = "The model must be gpt-4.1 or gpt-4.1-mini." } }
  end
  local tokens = math.tointeger(body.max_output_tokens) or most_tokens
  body.max_output_tokens, body.store = math.min(tokens, most_tokens), false
  return { res = myna.upstream:post("/v1/responses", { json = body, timeout = "9s" }) }
end

return { ["GET /api/session"] = open_session, ["POST /api/responses"] = respond }
