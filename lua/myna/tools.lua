--- myna.tools: ready-made tools.
local kinds = require "myna.kinds"
local mistakes = require "myna.mistakes"
local new = native.checking() and require "myna.tool".new or require "myna.proved".tool

local M = {}

M.datetime = new {
  name = "datetime",
  description = "Get the current date, weekday and time.",
  execute = function(_, ctx)
    return { date = os.date "%Y-%m-%d", weekday = os.date "%A", time = os.date "%H:%M",
      timezone = ctx.timezone or "UTC" }
  end,
}

M.hang_up = new {
  name = "hang_up",
  description = "End the call, once the caller has said goodbye or has nothing left to ask.",
  execute = function(_, ctx)
    ctx:hang_up()
    return { ending = true }
  end,
}

local later = { transfer_call = true, send_dtmf = true, wait = true }

return setmetatable(M, { __metatable = "tools", __index = function(_, word)
  if later[word] then
    mistakes.add("myna.tools.%s is not available in this version", word)
  else
    mistakes.add("myna.tools has no '%s'%s", tostring(word), mistakes.hint(word, M))
  end
  return kinds.broken
end })
