-- agent.lua - a dispatcher on the radio: the caller says when a turn begins and ends.
local myna = require "myna"

return myna.app {
  name = "radio",
  agent = myna.agent { name = "Dispatch", instructions = "Answer drivers, briefly." },
  greeting = "Dispatch. Hold the button, talk, and let go to be answered.",
  turn = { detection = "none" },
}
