-- agent.lua - Fell & Fjord: four agents of a shop, each of whom can hand the call to any other.
local myna = require "myna"

return myna.app {
  name = "retail",
  model = "gpt-realtime",
  timezone = "Europe/London",
  agent = require "agents.gate",
  agents = { require "agents.returns", require "agents.sales", require "agents.human" },
  greeting = "Fell and Fjord, hello. What can we do for you?",
  state = { cart = {}, step = "number" },
  turn = { detection = "semantic_vad", min_words = 2, ignore = { "mhm", "uh-huh", "okay" } },
  idle = {
    { after = "12s", say = "Take your time, I am here." },
    { after = "30s", say = "I will hang up now. Call again whenever you like.", hang_up = true },
  },
  limits = { duration = "40m", handoffs_per_turn = 4 },
}
