-- routes.lua - the paths below /openai. All but the page want a caller's key (or a token).
local myna = require "myna"
local frames = require "proxy.frames"
local functions = require "proxy.functions"
local make_token = require "proxy.tokens"
local records = require "proxy.records"

local MODEL = "gpt-realtime"
local MOST_SHOWN = 200

--- Whoever asks without a key (a server of your own machine) is one user, too.
local function user_of(req)
  return req.user and req.user.id or "anyone"
end

--- The client id of the path, when it is well-formed and nobody else's. claim: it becomes theirs.
local function own_client(req, claim)
  local id, user = req.params.client_id, user_of(req)
  if not id:find "^[%w_.-]+$" or #id > 64 then
    return nil, frames.refusal(400, "invalid_client_id",
      "A client id has 1 to 64 letters, digits, dots, - and _.")
  end
  local known = records.clients:get(id)
  if not known and claim then
    known = records.clients:add { id = id, user = user } or records.clients:get(id)
    if not known then return nil, frames.refusal(503, "not_kept", "Try again in a moment.") end
  end
  if known and known.user ~= user then
    return nil, frames.refusal(403, "not_your_client", "This client id is somebody else's.")
  end
  return id, nil, known
end

--- One call a client: the newest wins, so that nobody is kept out by a line that broke.
local function hang_up_former(known)
  local call = known.call and myna.calls(known.call)
  if not call then return end
  call:interrupt()
  call:hang_up "replaced by a newer connection"
end

local routes = {}

routes["WS /openai/realtime/{client_id}"] = function(req)
  local id, refused, known = own_client(req, true)
  if not id then return refused end
  hang_up_former(known)
  return { call = {
    dialect = req.query.dialect == "ga" and "ga" or "beta",
    greeting = req.query.greeting == "yes",
    meta = { client = id },
    state = { client_id = id, owner = user_of(req), continues = req.query.continue == "yes" },
  } }
end

routes["POST /openai/token"] = function(req)
  local token = make_token(req.user)
  if not token then
    return frames.refusal(401, "key_required", "Ask for a token with your key again")
  end
  return { json = token, headers = { ["Cache-Control"] = "no-store" } }
end

--- Whether the model's API answers the server's key.
local function reaches_model(options)
  local res = myna.upstream:get("/v1/models", options)
  return res.ok
end

--- The ids of the user's own clients that are connected.
local function connected_of(calls, user)
  local ids = myna.array {}
  for _, state in ipairs(myna.map(calls, function(call)
    return call:state("client_id", "owner") or {}
  end)) do
    if state.client_id and state.owner == user then ids[#ids + 1] = state.client_id end
  end
  return ids
end

routes["GET /openai/status"] = function(req)
  local calls = myna.calls() or {}
  return { json = {
    status = "ok",
    openai_connected = reaches_model { timeout = "3s", cache = "10s" },
    active_connections = #calls,
    clients = connected_of(calls, user_of(req)),
    tokens = myna.shared:get "tokens" or 0,
    function_calls = functions.counts(),
  } }
end

routes["POST /openai/connect/{client_id}"] = function(req)
  local id, refused = own_client(req)
  if not id then return refused end
  local connected = reaches_model { timeout = "5s" }
  return { status = connected and 200 or 502, json = {
    client_id = id, openai_connected = connected, model = MODEL,
    message = frames.reached(connected),
  } }
end

routes["GET /openai/client"] = { public = true, act = function()
  return { file = "pages/client.html" }
end }

routes["GET /openai/conversations/{client_id}"] = function(req)
  local id, refused = own_client(req)
  if not id then return refused end
  local newest = records.messages:find({ client = id },
    { order = "-created_at", limit = MOST_SHOWN }) or {}
  local messages = myna.array {}
  for i = #newest, 1, -1 do
    local kept = newest[i]
    messages[#messages + 1] = { from = kept.from, type = kept.type, text = kept.text,
      call = kept.call, at = kept.created_at }
  end
  return { json = { client_id = id, messages = messages } }
end

routes["DELETE /openai/conversations/{client_id}"] = function(req)
  local id, refused = own_client(req)
  if not id then return refused end
  repeat
    local some = records.messages:find({ client = id }, { limit = 100 }) or {}
    for _, message in ipairs(some) do records.messages:remove(message.id) end
  until #some < 100
  records.conversations:remove(id)
end

return routes
