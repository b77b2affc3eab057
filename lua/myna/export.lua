--- What a check finds out once for every call: of a plan, what the session works by and what the
--- model is sent.
local kinds = require "myna.kinds"
local mistakes = require "myna.mistakes"
local price = require "myna.price"
local share = require "myna.share"

local M = {}

--- Warns of agents no handoff leads to. Whom on.call_start names is known in the call alone.
function M.warn(plan)
  if plan.app.on.call_start then return end
  local reached, queue = { [plan.app.agent.name] = true }, { plan.agents[1] }
  while #queue > 0 do
    for _, tool in ipairs(table.remove(queue).tools) do
      if tool.to and not reached[tool.to.name] then
        reached[tool.to.name] = true
        queue[#queue + 1] = plan.entries[tool.to.name]
      end
    end
  end
  for _, entry in ipairs(plan.agents) do
    if not reached[entry.agent.name] then
      mistakes.warn(entry.agent.at, "agent '%s': no handoff leads to it", entry.agent.name)
    end
  end
end

local function definition(name, description, parameters)
  return ("{\"type\":\"function\",\"name\":%s,\"description\":%s,\"parameters\":%s}")
    :format(native.encode(name), native.encode(description), parameters)
end

local function transfer_words(handoff, to)
  if handoff.tool_description then return handoff.tool_description end
  local text = ("Handoff to the %s agent to handle the request."):format(to.name)
  return to.handoff_description and text .. " " .. to.handoff_description or text
end

local function export_tool(tool, plan)
  local out = { name = tool.name, conditional = tool.is_enabled ~= nil }
  if tool.handoff then
    out.target = plan.entries[tool.to.name].place
    out.description = transfer_words(tool.handoff, tool.to)
    out.last = share.last(tool.handoff.history)
    out.say = tool.handoff.say
    out.definition = definition(tool.name, out.description, tool.handoff.input.sent)
    out.check = tool.handoff.input.check
  else
    out.sure = tool.sure
    out.timeout_ms = tool.timeout
    out.cancel_on_interrupt = tool.on_interrupt == "cancel"
    out.filler = tool.filler
    out.needs_approval = tool.needs_approval and true or false
    out.caller_approves = tool.approve_by == "caller"
    out.approval_timeout_ms = tool.approval_timeout
    out.description = tool.description
    out.asks = tool.asks
    out.definition = definition(tool.name, tool.description, tool.parameters.sent)
    out.check = tool.parameters.check
  end
  return out
end

--- A call knows their tools' definitions by these.
local function export_text_agents(plan)
  local out = {}
  for i, agent in ipairs(require "myna.textagent".all) do
    local tools = {}
    for t, tool in ipairs(agent.tools) do tools[t] = export_tool(tool, plan) end
    out[i] = { name = agent.name, model = agent.model, tools = tools, format = agent.format,
      output = agent.output and agent.output.check }
  end
  return out
end

local function export_turn(turn)
  if not turn then return nil end
  if turn.detection == "none" then return "null" end
  if type(turn.detection) == "table" then return native.encode(turn.detection, "turn.detection") end
  local out = { type = turn.detection or "server_vad" }
  for _, name in ipairs { "eagerness", "threshold", "prefix_padding_ms", "silence_duration_ms" } do
    out[name] = turn[name]
  end
  return native.encode(out, "turn")
end

--- The bits of runtime/core/spec.h.
local function caller_may(caller)
  caller = caller or {}
  return (caller.system_messages and 1 or 0) | (caller.assistant_messages and 2 or 0)
    | (caller.responses and 4 or 0)
end

--- The API's own table of a format.
local function export_format(format)
  if not format then return nil end
  return native.encode { type = "audio/" .. format, rate = format == "pcm" and 24000 or nil }
end

local function export_events(events)
  return events and require "myna.traffic".export(events) or {}
end

local function export_guardrails(list)
  local out = {}
  for i, rail in ipairs(list) do
    out[i] = { name = rail.name, every_chars = rail.every_chars, timeout = rail.timeout,
      hold = rail.hold, closed = rail.on_error == "closed" }
  end
  return out
end

--- What a call costs is known, or its cost cannot be limited.
local function export_prices(app, out)
  local transcriber = app.transcription and app.transcription.model
  out.price = price.find(app.price, app.model)
  out.transcription_price = price.find(app.price, transcriber)
  out.max_cost = app.limits.cost_usd and math.floor(app.limits.cost_usd * 1e9 + 0.5)
  local unknown = not out.price and app.model
    or transcriber and not out.transcription_price and transcriber
  if out.max_cost and unknown then
    mistakes.field("limits", "app: limits: cost_usd: no price is known of '%s': say it in price",
      unknown)
  end
end

--- Whether what the model is told of an agent can change while it speaks (R26).
local function changes(entry)
  local instructions = entry.agent.instructions
  if type(instructions) == "function" then return true end
  local prompt = entry.agent.prompt
  if prompt and type(prompt.variables) == "function" then return true end
  if kinds.of(instructions) == "file" and instructions:is_filled() then return true end
  for _, tool in ipairs(entry.tools) do
    if tool.is_enabled then return true end
  end
  return false
end

--- R35: what counts as a turn; nil: any sound.
local function export_rules(turn)
  if not turn or not (turn.min_words or turn.min_ms or turn.ignore) then return nil end
  return { min_words = turn.min_words, min_ms = turn.min_ms, ignore = turn.ignore or {},
    resume_after = turn.resume_after or 2000 }
end

--- What runtime/script/plan.c reads.
function M.make(plan)
  local app = plan.app
  local greeting = app.greeting or {}
  local out = {
    name = app.name or native.called(), model = app.model, voice = app.voice,
    upstream = app.upstream, fallback = app.fallback, resume_ms = app.limits.resume,
    greeting_text = greeting.words or greeting.say or greeting.instructions,
    greeting_instructions = greeting.instructions ~= nil,
    greeting_whole = greeting.interrupt == false,
    turns = export_rules(app.turn),
    turn_detection = export_turn(app.turn),
    transcription = app.transcription and native.encode(app.transcription, "transcription"),
    input_format = export_format(app.audio and app.audio.input),
    output_format = export_format(app.audio and app.audio.output),
    tells_digits = app.dtmf == "tell", direct = app.webrtc == "direct",
    text_only = app.output == "text", expose_all = app.expose == "all",
    caller_may = caller_may(app.caller),
    max_duration_ms = app.limits.duration, max_idle_ms = app.limits.idle,
    max_tokens = app.limits.tokens, farewell = app.limits.farewell,
    max_tools_per_turn = app.limits.tools_per_turn,
    owed_ms = app.limits.owed_response,
    max_handoffs_per_turn = app.limits.handoffs_per_turn,
    idle = app.idle, timezone = app.timezone, agents = {},
    still = app.live == false, hears_reload = app.on.reload ~= nil,
    hears_start = app.on.call_start ~= nil,
    routes = app.routes and require "myna.routes".export(app.routes) or {},
    client_events = export_events(app.client_events),
    server_events = export_events(app.server_events),
  }
  if out.direct then require "myna.direct".check(plan) end
  export_prices(app, out)
  out.text_agents = export_text_agents(plan)
  for i, entry in ipairs(plan.agents) do
    local tools = {}
    for t, tool in ipairs(entry.tools) do
      tools[t] = export_tool(tool, plan)
      tools[t].unlisted = entry.unlisted and entry.unlisted[tool.name]
    end
    out.agents[i] = { name = entry.agent.name, voice = entry.agent.voice,
      redial = entry.agent.redial, tools = tools,
      input_guardrails = export_guardrails(entry.input_guardrails),
      output_guardrails = export_guardrails(entry.output_guardrails),
      changes = changes(entry), prelude = entry.prelude,
      prompt = entry.agent.prompt ~= nil }
  end
  return out
end

return M
