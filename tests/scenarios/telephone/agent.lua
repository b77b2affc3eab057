-- agent.lua - calls that sound like a telephone's: G.711 both ways, a law each (R70).
local myna = require "myna"

return myna.app {
  name = "telephone",
  audio = { input = "pcmu", output = "pcma" },
  agent = myna.agent { name = "Bell", instructions = "Answer the telephone." },
}
