--- myna.tools: ready-made tools.
local kinds = require "myna.kinds"
local new = native.checking() and require "myna.tool".new or require "myna.proved".tool
local s = native.checking() and require "myna.schema".words or require "myna.proved".schema

local M, makers = {}, {} -- each is made when it is first used
local sure = { datetime = true, hang_up = true, wait = true } -- these cannot fail

function makers.datetime()
  return new {
    name = "datetime",
    description = "Get the current date, weekday and time.",
    execute = function(_, ctx)
      return { date = os.date "%Y-%m-%d", weekday = os.date "%A", time = os.date "%H:%M",
        timezone = ctx.timezone or "UTC" }
    end,
  }
end

function makers.hang_up()
  return new {
    name = "hang_up",
    description = "End the call, once the caller has said goodbye or has nothing left to ask.",
    execute = function(_, ctx)
      ctx:hang_up()
      return { ending = true }
    end,
  }
end

--- What the model reads when the caller's client cannot do it.
local function told(done, why)
  if done then return { done = true } end
  return require "myna.fail".new("This is not possible on this line. Tell the caller so.", why)
end

function makers.transfer_call()
  return new {
    name = "transfer_call",
    description = "Connect the caller to a person or another number, when they ask for it.",
    parameters = { to = s.string "Whom to connect them to: a number, or an address" },
    execute = function(args, ctx) return told(ctx:transfer_call(args.to)) end,
  }
end

function makers.send_dtmf()
  return new {
    name = "send_dtmf",
    description = "Press keys of the telephone, as a menu asks for.",
    parameters = { keys = s.string("The keys, as 123#", { pattern = "^[0-9*#A-D]{1,64}$" }) },
    execute = function(args, ctx) return told(ctx:send_dtmf(args.keys)) end,
  }
end

function makers.wait()
  return new {
    name = "wait",
    description = "Say nothing, when the caller asks for a moment, or speaks to somebody else.",
    execute = function()
      return "Wait in silence: answer with one short word at most, until the caller speaks to you."
    end,
  }
end

return setmetatable(M, { __metatable = "tools", __index = function(_, word)
  if makers[word] then
    rawset(M, word, makers[word]())
    M[word].sure = sure[word]
    return M[word]
  end
  local mistakes = require "myna.mistakes"
  mistakes.add("myna.tools has no '%s'%s", tostring(word), mistakes.hint(word, makers))
  return kinds.broken
end })
