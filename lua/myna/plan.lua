--- From the app an author wrote to what runs: every agent there is, each with its tools and
--- transfer tools by name. plan.make is done in each call; plan.export, the JSON, in a check.
local handoffs = require "myna.handoff"
local kinds = require "myna.kinds"
local mistakes = require "myna.mistakes"

local M = {}

--- Every agent: who answers, those listed, those a handoff holds itself.
local function collect(app)
  local agents, by_name, known = {}, {}, {}
  local function add(agent)
    if known[agent] or not agent.name then return end
    known[agent] = true
    if by_name[agent.name] then
      mistakes.at(agent.at, "two agents are named '%s'", agent.name)
      return
    end
    by_name[agent.name] = agent
    agents[#agents + 1] = agent
    if agent.handoffs == "all" then return end
    for _, handoff in ipairs(agent.handoffs) do
      if kinds.of(handoff.agent) == "agent" then add(handoff.agent) end
    end
  end
  add(app.agent)
  for _, agent in ipairs(app.agents) do add(agent) end
  return agents, by_name
end

local function handoffs_of(agent, agents)
  if agent.handoffs ~= "all" then return agent.handoffs end
  local all = {}
  for _, other in ipairs(agents) do
    if other ~= agent then all[#all + 1] = handoffs.plain(other, agent.at) end
  end
  return all
end

local function add_tool(entry, tool)
  if entry.tools_by_name[tool.name] then
    mistakes.at(entry.agent.at, "agent '%s': two tools are named '%s'", entry.agent.name,
      tool.name)
    return
  end
  entry.tools_by_name[tool.name] = tool
  entry.tools[#entry.tools + 1] = tool
end

local function add_handoff(entry, handoff, plan, is_whole)
  local to = plan.by_name[handoff.target]
  if not to then
    if is_whole and handoff.target then
      mistakes.at(handoff.at, "agent '%s': a handoff to '%s', but there is no such agent%s",
        entry.agent.name, handoff.target, mistakes.hint(handoff.target, plan.by_name))
    end
    return
  end
  if to == entry.agent then
    mistakes.at(handoff.at, "agent '%s': a handoff to itself", to.name)
    return
  end
  local name = handoffs.tool_name(handoff)
  if #name > 64 then
    mistakes.at(handoff.at, "agent '%s': the transfer tool's name '%s' is over 64 characters: give "
      .. "it a tool_name", entry.agent.name, name)
  end
  add_tool(entry, { name = name, handoff = handoff, to = to,
    is_enabled = handoff.is_enabled })
end

local function warn_unreached(app, plan)
  local reached, queue = { [app.agent.name] = true }, { plan.agents[1] }
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

--- Returns { agents = { { agent, tools, tools_by_name } }, entries = by agent's name }, or nil.
function M.make(app)
  if not app or not app.agent or not app.agent.name then return nil end
  local agents, by_name = collect(app)
  local plan = { app = app, by_name = by_name, agents = {}, entries = {} }
  for i, agent in ipairs(agents) do
    local entry = { agent = agent, place = i, tools = {}, tools_by_name = {} }
    for _, tool in ipairs(agent.tools) do
      if tool.name then add_tool(entry, tool) end
    end
    for _, handoff in ipairs(handoffs_of(agent, agents)) do
      add_handoff(entry, handoff, plan, app.is_whole)
    end
    plan.agents[i] = entry
    plan.entries[agent.name] = entry
  end
  if native.checking() then warn_unreached(app, plan) end
  return plan
end

local function definition(name, description, parameters)
  return ("{\"type\":\"function\",\"name\":%s,\"description\":%s,\"parameters\":%s}")
    :format(native.encode(name), native.encode(description), parameters)
end

local function export_tool(tool, plan)
  local out = { name = tool.name }
  if tool.handoff then
    out.target = plan.entries[tool.to.name].place
    out.description = handoffs.description(tool.handoff, tool.to)
    out.definition = definition(tool.name, out.description, tool.handoff.input.sent)
    out.check = tool.handoff.input.check
  else
    out.timeout_ms = tool.timeout
    out.cancel_on_interrupt = tool.on_interrupt == "cancel"
    out.description = tool.description
    out.definition = definition(tool.name, tool.description, tool.parameters.sent)
    out.check = tool.parameters.check
  end
  return out
end

local function export_turn(turn)
  if not turn then return nil end
  if turn.detection == "none" then return "null" end
  local out = { type = turn.detection or "server_vad" }
  for _, name in ipairs { "eagerness", "threshold", "prefix_padding_ms", "silence_duration_ms" } do
    out[name] = turn[name]
  end
  return native.encode(out, "turn")
end

--- What runtime/script/plan.c reads.
function M.export(plan)
  local app = plan.app
  local greeting = app.greeting or {}
  local out = {
    name = app.name or native.called(), model = app.model, voice = app.voice,
    greeting_text = greeting.words or greeting.instructions,
    greeting_instructions = greeting.instructions ~= nil,
    turn_detection = export_turn(app.turn),
    transcription = app.transcription and native.encode(app.transcription, "transcription"),
    text_only = app.output == "text", expose_all = app.expose == "all",
    max_duration_ms = app.limits.duration,
    max_tools_per_turn = app.limits.tools_per_turn,
    max_handoffs_per_turn = app.limits.handoffs_per_turn,
    timezone = app.timezone, agents = {},
  }
  for i, entry in ipairs(plan.agents) do
    local tools = {}
    for t, tool in ipairs(entry.tools) do tools[t] = export_tool(tool, plan) end
    out.agents[i] = { name = entry.agent.name, voice = entry.agent.voice, tools = tools }
  end
  return out
end

return M
