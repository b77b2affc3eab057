-- agent.lua - a guide who tells long stories to people who murmur, cough and ask.
local myna = require "myna"

local warn = myna.tool {
  name = "warn",
  description = "Say what every visitor must be told.",
  execute = function(_, ctx)
    ctx:say("Mind the steps, they are very steep and they may be wet.", { interrupt = false })
    return "told"
  end,
}

return myna.app {
  name = "tour",
  agent = myna.agent { name = "Guide", instructions = "Tell of the castle.", tools = { warn } },
  greeting = { say = "This call is recorded.", interrupt = false },
  turn = { min_words = 2, ignore = { "mhm", "uh-huh", "all right" } },
}
