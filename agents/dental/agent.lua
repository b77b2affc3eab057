-- agent.lua - Barton Dental: Lexi answers, finds the patient, and hands money matters to Billing.
local myna = require "myna"

local lexi = myna.agent {
  name = "Lexi",
  voice = "sage",
  handoff_description = "Greets callers, finds patients and their appointments.",
  instructions = myna.file "prompts/lexi.md",
  tools = { require "tools.patients", myna.tools.datetime },
  handoffs = { "Billing" },
}

return myna.app {
  name = "dental",
  model = "gpt-realtime",
  timezone = "Europe/London",
  agent = lexi,
  agents = { require "agents.billing" },
  output_guardrails = { myna.guardrails.words { "milligrams", "antibiotic", "antibiotics",
    policy_hint = "no advice on medicines: a dentist calls back" } },
  greeting = "Barton Dental, this is Lexi. How can I help?",
}
