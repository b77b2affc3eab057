-- agent.lua - Alder House: one host, whose tools keep the book of a restaurant over REST.
local myna = require "myna"

local nora = myna.agent {
  name = "Nora",
  voice = "marin",
  instructions = myna.file "prompts/nora.md",
  tools = {
    require "tools.rooms", require "tools.bookings", require "tools.hours",
    myna.tools.datetime, myna.tools.hang_up,
  },
}

return myna.app {
  name = "restaurant",
  model = "gpt-realtime",
  timezone = "Europe/London",
  agent = nora,
  greeting = "Alder House, good day. This is Nora. Would you like a table?",
  turn = { detection = "semantic_vad", min_words = 2, ignore = { "mhm", "uh-huh", "okay" } },
  idle = {
    { after = "10s", say = "Are you still there?" },
    { after = "20s", say = "I will let you go. Goodbye.", hang_up = true },
  },
}
