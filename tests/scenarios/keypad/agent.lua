-- agent.lua - a bank's line: a card's number is typed, and the model never learns it.
local myna = require "myna"

local check_card = myna.tool {
  name = "check_card",
  description = "Ask the caller for the number of their card, and check it.",
  timeout = "60s",
  execute = function(_, ctx)
    local digits, how = ctx:collect_digits {
      say = "Please type the number of your card, and then the hash key.",
      max = 6, finish = "#", timeout = "5s",
    }
    ctx.private.card = digits
    ctx.state.how = how
    return { complete = how ~= "timeout" and #digits == 6 }
  end,
}

local read_terms = myna.tool {
  name = "read_terms",
  description = "Read the terms to the caller.",
  timeout = "60s",
  execute = function(_, ctx)
    local heard, why = ctx:say("Calls are kept for a year, and then they are forgotten.", {
      wait = true })
    return heard and "They have heard it all." or why
  end,
}

return myna.app {
  name = "keypad",
  agent = myna.agent { name = "Bank", instructions = "Help callers of a bank.",
    tools = { check_card, read_terms, myna.tools.transfer_call, myna.tools.send_dtmf,
      myna.tools.wait } },
  dtmf = "tell",
  on = {
    dtmf = function(event, ctx) ctx.state.last_key = event.digit end,
    transport_event = function(event, ctx)
      if event.event.type == "response.done" then ctx.state.status = event.event.response.status end
    end,
  },
}
