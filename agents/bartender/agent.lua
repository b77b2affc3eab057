-- agent.lua - The Brass Rail: Remy tends the bar; a proxy in front of him keeps every message.
local myna = require "myna"

local remy = myna.agent {
  name = "Remy",
  voice = "alloy",
  instructions = myna.file "prompts/remy.md",
  tools = {
    require "tools.check_id", require "tools.menu", require "tools.orders",
    myna.tools.wait, myna.tools.hang_up,
  },
}

return myna.app {
  name = "bartender",
  model = "gpt-realtime",
  timezone = "America/New_York",
  agent = remy,
  greeting = "The Brass Rail, Remy here. What can I get you?",
  transcription = { model = "gpt-4o-mini-transcribe" },
  output_guardrails = {
    myna.guardrails.words { "on the house", "free of charge", "no id needed",
      policy_hint = "every drink has its price, and alcohol needs an ID" },
    myna.guardrails.personal_data { kinds = { "card" }, policy_hint = "never read a card out" },
  },
  turn = { detection = "semantic_vad", min_words = 2, ignore = { "mhm", "uh-huh", "cheers" } },
  idle = {
    { after = "15s", say = "Still there? Take your time." },
    { after = "40s", say = "I will see to the others. Come back any time.", hang_up = true },
  },
  limits = { duration = "30m", resume = "30s" },
  client_events = require "proxy.client",
  server_events = require "proxy.server",
  on = require "proxy.calls",
  routes = require "proxy.routes",
}
