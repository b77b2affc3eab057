--- What an app with webrtc = "direct" cannot have (R83): its audio does not come by here.
local mistakes = require "myna.mistakes"

local M = {}

local function refuse(place, format, ...)
  mistakes.at(place, format .. ": with webrtc = \"direct\" audio does not come by here", ...)
end

local function check_app(app)
  local function no(field, format, ...)
    mistakes.at(app.at and native.field_line(app.at, field) or app.at, "app: " .. format
      .. ": with webrtc = \"direct\" audio does not come by here", ...)
  end
  local turn = app.turn or {}
  if turn.min_words or turn.min_ms or turn.ignore then
    no("turn", "turn: what counts as a turn cannot be decided while playback waits")
  end
  if app.greeting and app.greeting.interrupt == false then
    no("greeting", "greeting: interrupt = false cannot be kept")
  end
  for _, field in ipairs { "client_events", "server_events" } do
    if app[field] then no(field, "%s: no event passes between caller and model", field) end
  end
  if app.output == "text" then no("output", "output = \"text\" has nothing to play") end
  if app.caller then no("caller", "caller: what callers may send cannot be decided") end
  if app.audio then no("audio", "audio: there is no format to choose") end
  if app.dtmf then no("dtmf", "dtmf: no keys come by the caller's events") end
  if app.fallback then no("fallback", "fallback: a call cannot move to another model") end
end

--- Adds a mistake for each.
function M.check(plan)
  check_app(plan.app)
  for _, entry in ipairs(plan.agents) do
    local agent = entry.agent
    if agent.redial then
      refuse(agent.at, "agent '%s': redial: a call cannot move to another connection", agent.name)
    end
    for _, rail in ipairs(entry.output_guardrails) do
      if rail.hold then
        refuse(agent.at, "agent '%s': guardrail '%s': hold: nothing can be held back; leave it "
          .. "out, and an answer is cut off when it trips", agent.name, rail.name)
      end
    end
  end
end

return M
