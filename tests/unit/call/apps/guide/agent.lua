-- agent.lua - an agent who does not stop for a cough.
local myna = require "myna"

return myna.app {
  name = "guide",
  agent = myna.agent { name = "Guide", instructions = "You tell." },
  turn = { min_words = 2 },
}
