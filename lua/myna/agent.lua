--- myna.agent: who speaks, with what instructions and tools.
local fields = require "myna.fields"
local guardrail = require "myna.guardrail"
local kinds = require "myna.kinds"
local mistakes = require "myna.mistakes"
local prelude = require "myna.prelude"
local prompt = require "myna.prompt"
local transfer = require "myna.transfer"

local M = {}
local make = kinds.new "agent"

local function handoff_list(value)
  if value == "all" then return value end
  if type(value) == "table" and not kinds.of(value) then return value end
  return nil, "expected \"all\" or a list, got " .. kinds.describe(value)
end

local rules = {
  name = { "words", required = true },
  instructions = { fields.instructions, default = "" },
  handoff_description = { "words" },
  tools = { "table", default = {} },
  handoffs = { handoff_list, default = {} },
  voice = { "words" },
  redial = { "boolean" },
  on_enter = { "function" },
  on_exit = { "function" },
  input_guardrails = { guardrail.list },
  output_guardrails = { guardrail.list },
  prelude = { prelude.list },
  prompt = { prompt.read },
}

local function read_tools(what, list)
  local tools = {}
  fields.each(list, function(value)
    if kinds.is_broken(value) then return end
    if kinds.of(value) ~= "tool" then
      mistakes.add("%s: tools: expected a tool, got %s%s", what, kinds.describe(value),
        type(value) == "table" and not kinds.of(value) and " (write myna.tool { ... })" or "")
      return
    end
    tools[#tools + 1] = value
  end)
  return tools
end

local function read_handoffs(what, list, at)
  if list == "all" then return list end
  local out = {}
  fields.each(list, function(value)
    if kinds.is_broken(value) then return end
    if kinds.of(value) == "handoff" then
      out[#out + 1] = value
    elseif type(value) == "string" or kinds.of(value) == "agent" then
      out[#out + 1] = transfer.plain(value, at)
    else
      mistakes.add("%s: handoffs: expected an agent's name, an agent or myna.handoff, got %s",
        what, kinds.describe(value))
    end
  end)
  return out
end

function M.new(spec)
  local what = fields.label("agent", spec)
  local agent = fields.check(what, spec, rules)
  agent.at = native.where()
  agent.tools = read_tools(what, agent.tools or {})
  agent.handoffs = read_handoffs(what, agent.handoffs or {}, agent.at)
  return make(agent)
end

return M
