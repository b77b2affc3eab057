-- agent.lua - the fixture of the script tests: two agents, a look-up, a handoff with an input.
local myna = require "myna"

local desk = myna.agent {
  name = "Front Desk",
  voice = "sage",
  instructions = myna.file "prompts/desk.md",
  tools = { require "tools.patients", { myna.tools.datetime } },
  handoffs = { "Billing" },
}

return myna.app {
  name = "clinic",
  agent = desk,
  agents = { require "agents.billing" },
  greeting = "Hello, this is the clinic.",
  state = { visits = 0, patient = { name = "nobody" } },
  timezone = "Europe/London",
  turn = { detection = "semantic_vad", eagerness = "low" },
  transcription = "whisper-1",
  limits = { duration = "20m", handoffs_per_turn = 3 },
}
