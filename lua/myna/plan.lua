--- From the app an author wrote to what runs: every agent there is, each with its tools and
--- transfer tools by name.
local kinds = require "myna.kinds"
local transfer = require "myna.transfer"

local M = {}

--- What is wrong is told in the check: a call has no need of the page that does.
local function wrong(place, ...)
  require "myna.mistakes".at(place, ...)
end

--- What the first page returned: an app, or an agent alone, which is an app with defaults.
local function app_of(value)
  if kinds.of(value) == "app" then return value end
  if kinds.of(value) == "agent" then
    return { agent = value, agents = {}, is_whole = true, at = value.at,
      model = "gpt-realtime", output = "audio", limits = {}, on = {} }
  end
  if not kinds.is_broken(value) then
    require "myna.mistakes".raw(("%s: expected it to return myna.app or an agent, got %s: end it "
      .. "with 'return myna.app { ... }'"):format(native.shown(), kinds.describe(value)))
  end
end

--- Every agent: who answers, those listed, those a handoff holds itself.
local function collect(app)
  local agents, by_name, known = {}, {}, {}
  local function add(agent)
    if known[agent] or not agent.name then return end
    known[agent] = true
    if by_name[agent.name] then
      wrong(agent.at, "two agents are named '%s'", agent.name)
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
    if other ~= agent then all[#all + 1] = transfer.plain(other, agent.at) end
  end
  return all
end

local function add_tool(entry, tool)
  if entry.tools_by_name[tool.name] then
    wrong(entry.agent.at, "agent '%s': two tools are named '%s'", entry.agent.name,
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
      wrong(handoff.at, "agent '%s': a handoff to '%s', but there is no such agent%s",
        entry.agent.name, handoff.target,
        require "myna.mistakes".hint(handoff.target, plan.by_name))
    end
    return
  end
  if to == entry.agent then
    wrong(handoff.at, "agent '%s': a handoff to itself", to.name)
    return
  end
  local name = transfer.name(handoff)
  if #name > 64 then
    wrong(handoff.at, "agent '%s': the transfer tool's name '%s' is over 64 characters: give "
      .. "it a tool_name", entry.agent.name, name)
  end
  add_tool(entry, { name = name, handoff = handoff, to = to,
    is_enabled = handoff.is_enabled })
end

--- The app's guardrails, then the agent's; one that stands in both lists is one.
local function guardrails(app, agent, field)
  local out, known = {}, {}
  for _, list in ipairs { app[field] or {}, agent[field] or {} } do
    for _, rail in ipairs(list) do
      if not known[rail] then out[#out + 1] = rail end
      known[rail] = true
    end
  end
  if #out > 8 then
    wrong(agent.at, "agent '%s': %s: at most 8, the app's among them", agent.name, field)
  end
  return out
end

--- Returns { agents = { { agent, tools, tools_by_name, prelude } }, entries = by agent's name }, or
--- nil.
function M.make(value)
  local app = app_of(value)
  if not app or not app.agent or not app.agent.name then return nil end
  local agents, by_name = collect(app)
  local plan = { app = app, by_name = by_name, agents = {}, entries = {} }
  for i, agent in ipairs(agents) do
    local entry = { agent = agent, place = i, tools = {}, tools_by_name = {},
      input_guardrails = guardrails(app, agent, "input_guardrails"),
      output_guardrails = guardrails(app, agent, "output_guardrails") }
    for _, tool in ipairs(agent.tools) do
      if tool.name then add_tool(entry, tool) end
    end
    for _, handoff in ipairs(handoffs_of(agent, agents)) do
      add_handoff(entry, handoff, plan, app.is_whole)
    end
    if agent.prelude then require "myna.prelude".add(entry, add_tool) end
    plan.agents[i] = entry
    plan.entries[agent.name] = entry
  end
  return plan
end

return M
