-- agent.lua - an agent whose calls are paid for, and may not go on for ever.
local myna = require "myna"

local tools = {
  myna.tool {
    name = "spent",
    description = "What this call has used so far.",
    execute = function(_, ctx)
      return { responses = ctx.usage.responses, cents = ctx.usage.cost_usd * 100 }
    end,
  },
}

return myna.app {
  name = "meter",
  agent = myna.agent { name = "Meter", instructions = "You are the meter.", tools = tools },
  transcription = "a-listener",
  price = {
    ["gpt-realtime"] = { text = { input = 100, cached = 10, output = 200 },
      audio = { input = 1000, cached = 100, output = 2000 } },
    ["a-listener"] = { audio = { input = 10 }, text = { input = 10, output = 10 } },
  },
  limits = { idle = "30s", duration = "2m", cost_usd = 1, farewell = "Time is up. Goodbye." },
  on = {
    usage = function(event, ctx) ctx.state.total = event.total end,
    call_end = function(event, ctx) ctx.log:info("over", { why = event.reason }) end,
  },
}
