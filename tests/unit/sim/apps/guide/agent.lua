-- agent.lua - an agent who does not stop for a cough.
local myna = require "myna"

return myna.app {
  name = "guide",
  agent = myna.agent { name = "Guide", instructions = "Tell of the castle." },
  greeting = "Welcome to the castle, which was built eight hundred years ago.",
  turn = { min_words = 2 },
}
