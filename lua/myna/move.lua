--- ctx:handoff: the call moves to another agent by script (R25).
local arguments = require "myna.arguments"
local context = require "myna.context"
local fields = require "myna.fields"
local kinds = require "myna.kinds"
local mistakes = require "myna.mistakes"
local share = require "myna.share"

local M = {}

local function reply(value)
  if type(value) == "boolean" then return value end
  if type(value) == "string" and value:find "%S" then return { instructions = value } end
  if type(value) == "table" and type(value.instructions) == "string" then return value end
  return nil, "expected true, false or { instructions = \"...\" }, got " .. kinds.describe(value)
end

local rules = { history = { share.read, default = "all" }, say = { "words" },
  reply = { reply, default = true }, input = { "table" } }

--- The handoff of the agent who speaks that takes input for the other one.
local function taker(ctx, name)
  local entry = context.plan.entries[ctx.agent]
  for place, tool in ipairs(entry and entry.tools or {}) do
    if tool.to and tool.to.name == name and tool.handoff.on_handoff then
      return tool.handoff, entry.place - 1, place - 1
    end
  end
  error(("ctx:handoff: input: no handoff of '%s' to '%s' has an on_handoff(input, ctx) to take it")
    :format(ctx.agent, name), 3)
end

local function bring(ctx, name, input)
  local handoff, agent_place, tool_place = taker(ctx, name)
  local args, why = native.arguments(native.encode(input, "input"), agent_place, tool_place)
  if not args then error("ctx:handoff: input: " .. why, 3) end
  handoff.on_handoff(arguments.complete(handoff.input.schema, args), ctx)
end

function M.handoff(ctx, agent, options)
  local name = kinds.of(agent) == "agent" and agent.name or agent
  if type(name) ~= "string" then
    error("ctx:handoff: expected an agent or its name, got " .. kinds.describe(agent), 2)
  end
  if not context.plan.by_name[name] then
    error(("ctx:handoff: there is no agent '%s'%s"):format(name,
      mistakes.hint(name, context.plan.by_name)), 2)
  end
  local set = fields.check("ctx:handoff", options or {}, rules)
  if set.input then bring(ctx, name, set.input) end
  local move = { agent = name, say = set.say, last = share.last(set.history),
    silent = set.reply == false and not set.say or nil,
    reply = type(set.reply) == "table" and set.reply.instructions or nil }
  if type(set.history) == "function" then
    move.items = native.decode(share.choose(set.history, ctx))
  end
  if native.order("handoff", native.encode(move, "handoff")) then return true end
  return nil, ("the call cannot move to '%s' now: it is there, it moves already, or it moved too "
    .. "often in this turn"):format(name)
end

return M
