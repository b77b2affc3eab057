-- agent.lua - a switchboard: voices that stay their own, and a second model to fall back on.
local myna = require "myna"

local bea = myna.agent { name = "Bea", instructions = "You are Bea.", voice = "cedar",
  redial = true, handoffs = { "Ann" } }

return myna.app {
  name = "switchboard",
  agent = myna.agent { name = "Ann", instructions = "You are Ann.", voice = "marin",
    handoffs = { bea } },
  greeting = "Switchboard.",
  fallback = "wss://second.test/v1/realtime",
  limits = { resume = "20s" },
}
