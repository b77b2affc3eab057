-- agent.lua - an agent that writes, and whose words are looked at before they are shown.
local myna = require "myna"

return myna.app {
  name = "letters", output = "text",
  agent = myna.agent { name = "Clerk", instructions = "Write." },
  output_guardrails = { myna.guardrails.words { "guarantee", hold = true,
    say = "I cannot promise that." } },
}
