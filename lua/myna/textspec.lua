--- What myna.text_agent and :as_tool are given, read and checked; and, of an agent's output, what
--- the API is sent.
local fields = require "myna.fields"
local kinds = require "myna.kinds"
local mistakes = require "myna.mistakes"
local schema = require "myna.schema"
local share = require "myna.share"

local M = {}

--- A reader of where the API is.
function M.address(value)
  if value == "sim" or value == "openai" then return value end
  if type(value) == "string" and value:find "^https?://[^/%s]+" and not value:find "[%s?#]" then
    return value
  end
  return nil, "expected \"sim\", \"openai\" or http(s)://host[:port][/path], got "
    .. (type(value) == "string" and ("'%s'"):format(value) or kinds.describe(value))
end

--- A reader of tools: a list, or a function that gives one, for tools that not every call comes to.
--- A check runs it at once; a call, when the agent is first asked.
local function tools_of(value)
  if type(value) == "table" and not kinds.of(value) then return value end
  if type(value) ~= "function" then
    return nil, "expected a list, or a function that gives one, got " .. kinds.describe(value)
  end
  local list = value()
  if type(list) == "table" and not kinds.of(list) then return list end
  return nil, "the function gives " .. kinds.describe(list) .. ", not a list"
end

local rules = {
  name = { "words", required = true },
  model = { "words", required = true },
  instructions = { fields.instructions, default = "" },
  tools = { tools_of, default = {} },
  max_turns = { "count", default = 10 },
  output = { "any" },
  upstream = { M.address },
  timeout = { "duration", default = 60000 },
}

local function read_tools(what, list)
  local tools, named = {}, {}
  fields.each(list, function(tool)
    if kinds.is_broken(tool) then return end
    if kinds.of(tool) ~= "tool" then
      mistakes.add("%s: tools: expected a tool, got %s", what, kinds.describe(tool))
      return
    end
    if tool.name and named[tool.name] then
      mistakes.add("%s: two tools are named '%s'", what, tool.name)
    elseif tool.needs_approval then
      mistakes.add("%s: tool '%s' needs_approval, which a text agent's tools cannot wait for: put "
        .. "it on the tool that asks the agent", what, tool.name)
    end
    named[tool.name or ""] = true
    tools[#tools + 1] = tool
  end)
  return tools
end

--- Whether the API's strict mode takes a schema: nothing in it may be left out.
local function is_strict(of)
  if of.is_optional or not of.type and not of.choices then return false end
  for _, property in ipairs(of.properties or {}) do
    if not is_strict(property.schema) then return false end
  end
  for _, choice in ipairs(of.choices or {}) do
    if not is_strict(choice) then return false end
  end
  return not of.items or is_strict(of.items)
end

--- The `format` of its answers, as JSON.
local function format_of(agent)
  local output = agent.output
  local name = agent.name:gsub("[^%w_-]", "_"):sub(1, 64)
  return ('{"type":"json_schema","name":%s,"schema":%s,"strict":%s}'):format(native.encode(name),
    output.sent, tostring(output.schema ~= nil and is_strict(output.schema)))
end

--- all: the text agents there are already.
function M.read(spec, all)
  local what = fields.label("text agent", spec)
  local agent = fields.check(what, spec, rules)
  agent.at = native.where()
  agent.tools = read_tools(what, agent.tools or {})
  if agent.output ~= nil then
    agent.output = schema.checked(what .. ": output", agent.output)
    if agent.name then agent.format = format_of(agent) end
  end
  for _, other in ipairs(all) do
    if other.name == agent.name then
      mistakes.add("two text agents are named '%s'", tostring(agent.name))
    end
  end
  return agent
end

local tool_rules = { history = { share.read }, input = { "function" }, on_text = { "function" } }

--- The fields of myna.tool are its own to check.
function M.read_tool(agent, spec)
  local what = ("text agent '%s': as_tool"):format(tostring(agent.name))
  if kinds.is_broken(spec) or type(spec) ~= "table" or kinds.of(spec) then
    mistakes.add("%s: expected a table, got %s", what, kinds.describe(spec))
    return {}
  end
  local own, rest = {}, {}
  for name, value in pairs(spec) do
    local to = tool_rules[name] and own or rest
    to[name] = value
  end
  if rest.execute ~= nil then
    mistakes.field("execute", "%s: execute: the agent is what it runs", what)
  end
  if own.on_text and agent.output then
    mistakes.field("on_text", "%s: on_text: an agent with an output gives data, not words", what)
  end
  for name, value in pairs(fields.check(what, own, tool_rules)) do rest[name] = value end
  return rest
end

return M
