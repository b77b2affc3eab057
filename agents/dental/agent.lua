-- agent.lua - Barton Dental: Lexi answers; a text model behind her does what takes several steps;
-- money matters are Billing's.
local myna = require "myna"

local lexi = myna.agent {
  name = "Lexi",
  voice = "sage",
  handoff_description = "Greets callers, finds patients and their appointments.",
  instructions = myna.file "prompts/lexi.md",
  tools = {
    require "tools.patients", require "tools.supervisor",
    myna.tools.datetime, myna.tools.transfer_call,
  },
  handoffs = { "Billing" },
}

return myna.app {
  name = "dental",
  model = "gpt-realtime",
  timezone = "Europe/London",
  agent = lexi,
  agents = { require "agents.billing" },
  state = { office = require "office" },
  output_guardrails = {
    myna.guardrails.words { "milligrams", "antibiotic", "antibiotics",
      policy_hint = "no advice on medicines: a dentist calls back" },
    myna.guardrails.moderation { every_chars = 300, timeout = "2s",
      policy_hint = "stay kind, whatever the caller says" },
  },
  greeting = "Barton Dental, this is Lexi. How can I help?",
  routes = require "routes",
  on = {
    call_start = function(_, ctx)
      ctx.state.today = myna.time.format(os.time(), "%A, %d %B %Y")
    end,
  },
  limits = { duration = "30m" },
}
