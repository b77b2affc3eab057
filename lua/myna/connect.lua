--- myna.connect(sdp, options): a direct call (webrtc = "direct") for an offer that came by a route.
local fields = require "myna.fields"
local kinds = require "myna.kinds"

local M = {}

local rules = { agent = { "any" }, user = { "table" }, state = { "table" }, call = { "table" },
  greeting = { "boolean" } }

local function agent_name(value)
  if value == nil then return nil end
  local name = kinds.of(value) == "agent" and value.name or value
  if type(name) == "string" then return name end
  error(native.place("myna.connect: agent: expected an agent or its name, got "
    .. kinds.describe(value)), 0)
end

local words = {
  timeout = "the model did not answer in time",
  other = "no more calls can be taken just now",
}

--- What refused it: the model's or this server's error object, with its status.
local function refusal(status, body)
  local said = native.decode(body)
  local err = type(said) == "table" and said.error or {}
  return { status = status, code = err.code, message = err.message or "the call was refused" }
end

--- { sdp, call_id }; or nil and { status, code, message }. Waits for the model.
function M.connect(sdp, options)
  if native.loading() then
    error(native.place "myna.connect cannot be used while a file is loading: use it in a route", 0)
  elseif not native.serves() then
    error(native.place "myna.connect is for routes: a call is there already", 0)
  elseif type(sdp) ~= "string" then
    error(native.place("myna.connect: expected an SDP offer, got " .. kinds.describe(sdp)), 0)
  end
  local set = fields.check("myna.connect", options or {}, rules)
  if not sdp:find "^v=0" then
    return nil, { status = 400, code = "invalid_offer", message = "The SDP offer cannot be read." }
  end
  local status, headers, body = native.http { method = "POST", url = "/realtime/calls",
    of_line = true, body = native.encode({ sdp = sdp, agent = agent_name(set.agent),
      user = set.user, state = set.state, call = set.call, greeting = set.greeting },
      "myna.connect") }
  if not status then
    return nil, { status = headers == "timeout" and 504 or 503, code = headers,
      message = words[headers] or words.other }
  elseif status ~= 201 then
    return nil, refusal(status, body)
  end
  return { sdp = body, call_id = headers.location:match "[^/]+$" }
end

return M
