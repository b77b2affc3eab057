--- myna.handoff: the tool by which the model hands a call to another agent.
local fields = require "myna.fields"
local kinds = require "myna.kinds"
local mistakes = require "myna.mistakes"
local schema = require "myna.schema"
local share = require "myna.share"
local tools = require "myna.tool"
local transfer = require "myna.transfer"

local M = {}

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
  history = { share.read },
  say = { "words" },
}

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
  handoff.target = transfer.target(handoff.agent)
  return transfer.make(handoff)
end

return M
