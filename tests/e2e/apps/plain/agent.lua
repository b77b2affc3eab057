-- agent.lua - the least an app can be: for tests that are about everything else.
local myna = require "myna"

return myna.app {
  name = "plain",
  agent = myna.agent { name = "Plain", instructions = "You answer." },
}
