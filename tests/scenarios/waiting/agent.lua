-- agent.lua - a booking line that does not wait for ever for a silent caller.
local myna = require "myna"

local look = myna.tool {
  name = "look_up",
  description = "Look up when there is a table.",
  execute = function()
    myna.sleep "9s"
    return "at eight"
  end,
}

return myna.app {
  name = "waiting",
  agent = myna.agent { name = "Table", instructions = "Book tables.", tools = { look } },
  greeting = "The Old Mill. For how many?",
  idle = {
    { after = "8s", say = "Are you still there?" },
    { after = "20s", say = "I shall hang up now.", hang_up = true },
  },
  on = { idle = function(event, ctx) ctx.state.silent = event.seconds end },
}
