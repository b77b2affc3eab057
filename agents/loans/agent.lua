-- agent.lua - Cap: talks over loans for rented houses, reckons deals, and takes callers' details.
local myna = require "myna"

local cap = myna.agent {
  name = "Cap",
  voice = "ash",
  instructions = myna.file "prompts/cap.md",
  tools = {
    require "tools.knowledge", require "tools.deal", require "tools.leads", require "tools.market",
    myna.tools.hang_up,
  },
}

return myna.app {
  name = "loans",
  model = "gpt-realtime",
  timezone = "America/New_York",
  agent = cap,
  greeting = "Hi, this is Cap. Are you buying, or refinancing?",
  audio = "pcm", -- PCM16, 24 kHz, mono
  turn = { detection = "server_vad", silence_duration_ms = 300 },
  output_guardrails = {
    myna.guardrails.words { "guaranteed", "approved", "risk free",
      policy_hint = "figures are indicative; an underwriter decides" },
  },
  idle = {
    { after = "12s", say = "Still with me?" },
    { after = "25s", say = "I will let you go. Call any time.", hang_up = true },
  },
  limits = { duration = "30m" },
}
