-- agent.lua - a shop, so that scenarios can pass, fail and crash in front of it.
local myna = require "myna"

return myna.app {
  name = "shop",
  agent = myna.agent { name = "Ann", instructions = "Be brief." },
  greeting = "The shop.",
}
