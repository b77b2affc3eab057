-- agent.lua - an agent without tools, for conversations about talking itself.
local myna = require "myna"

return myna.app {
  name = "opening",
  agent = myna.agent { name = "Desk", instructions = "Tell callers when we are open." },
  greeting = "City library.",
}
