--- myna.handoff: the tool by which the model hands a call to another agent.
local fields = require "myna.fields"
local kinds = require "myna.kinds"
local mistakes = require "myna.mistakes"
local schema = require "myna.schema"
local tools = require "myna.tool"

local M = {}
local make = kinds.new "handoff"

local function agent(value)
  if type(value) == "string" and value ~= "" or kinds.of(value) == "agent" then return value end
  return nil, "expected an agent or an agent's name, got " .. kinds.describe(value)
end

local rules = {
  agent = { agent, required = true },
  tool_name = { "words" },
  tool_description = { "words" },
  input = { "any" },
  on_handoff = { "function" },
  is_enabled = { "function" },
  history = { fields.one_of { "all" } },
  say = fields.later,
}

--- The agent's name, whether it was given as one or as the agent.
local function target(value)
  return kinds.of(value) == "agent" and value.name or value
end

function M.new(spec)
  local what = "handoff"
  if type(spec) == "table" and type(spec.agent) == "string" then
    what = ("handoff to '%s'"):format(spec.agent)
  end
  local handoff = fields.check(what, spec, rules)
  tools.check_name(what, handoff.tool_name)
  if handoff.input ~= nil and not handoff.on_handoff then
    mistakes.add("%s: 'input' needs an on_handoff(input, ctx) to take it", what)
  end
  handoff.input = schema.checked(what .. ": input", handoff.input)
  handoff.at = native.where()
  handoff.target = target(handoff.agent)
  return make(handoff)
end

--- A plain handoff, as `handoffs = { "Billing" }` means it.
function M.plain(to, at)
  return make { agent = to, target = target(to), input = schema.read("handoff: input"), at = at }
end

--- R21: transfer_to_<Name>, everything that is not alphanumeric as _.
function M.tool_name(handoff)
  return handoff.tool_name or "transfer_to_" .. handoff.target:gsub("[^%w]", "_")
end

function M.description(handoff, to)
  if handoff.tool_description then return handoff.tool_description end
  local text = ("Handoff to the %s agent to handle the request."):format(to.name)
  return to.handoff_description and text .. " " .. to.handoff_description or text
end

return M
