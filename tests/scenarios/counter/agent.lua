-- counter: what an app answers over HTTP, and the paths it takes calls at. Scenarios see only its
-- calls; tests/e2e/ws_routes.test.mjs serves it.
local myna = require "myna"

local clients = myna.store "clients"

local routes = {
  ["WS /calls/{client_id}"] = function(req)
    local client = clients:get(req.params.client_id)
    if not client then return { status = 404, text = "No such client." } end
    return { call = { agent = client.agent, meta = { client = req.params.client_id },
      state = { name = client.name } } }
  end,
}

routes["PUT /clients/{id}"] = function(req)
  clients:set(req.params.id, req:json())
end

routes["POST /token"] = function(req)
  return { json = myna.token { user = req.user and req.user.id, ttl = "60s", single_use = true,
    claims = { plan = "gold" } } }
end

routes["POST /calls/{id}/news"] = function(req)
  local call = myna.calls(req.params.id)
  if not call then return { status = 404 } end
  local said, why = call:say(req:json().words, { interrupt = false })
  if not said then return { status = 409, text = why } end
  return { json = { agent = call.agent, seconds = call.seconds, state = call:state("name") } }
end

routes["POST /session"] = function(req)
  local made = myna.upstream:post("/v1/realtime/calls", { timeout = "8s", multipart = {
    sdp = { body = req.body, type = "application/sdp" },
    session = { body = [[{"type":"realtime","model":"gpt-realtime"}]], type = "application/json" },
  } })
  if not made.ok then return { status = made.status or 502, json = { error = "no call now" } } end
  return { status = 201, body = made.body,
    headers = { ["Content-Type"] = "application/sdp", Location = made.headers.location } }
end

routes["POST /responses"] = function(req)
  return { res = myna.upstream:post("/v1/responses", { json = req:json() }) }
end

local whose = myna.tool {
  name = "whose_call",
  description = "Says who is calling.",
  execute = function(_, ctx) return ctx.call.meta and ctx.call.meta.client or "nobody" end,
}

return myna.app {
  name = "counter",
  greeting = "The counter.",
  agent = myna.agent { name = "Clerk", tools = { whose }, handoffs = { "Cashier" },
    instructions = "You stand at a counter." },
  agents = { myna.agent { name = "Cashier", instructions = "You take money." } },
  routes = routes,
  client_events = { renew = { act = function(_, ctx)
    local token = myna.token { user = ctx.user and ctx.user.id, ttl = "60s" }
    ctx:send { type = "renewed", value = token.value, expires_at = token.expires_at }
  end } },
}
