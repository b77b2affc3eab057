-- agent.lua - Northline: Ivo talks; a text model behind him, the desk, thinks and has the tools.
local myna = require "myna"
local s = myna.schema

local desk = myna.text_agent {
  name = "Desk",
  model = myna.env("DESK_MODEL", "gpt-4.1"),
  instructions = myna.file "prompts/desk.md",
  tools = {
    require "tools.account", require "tools.credit",
    require "tools.policies", require "tools.shops",
  },
  max_turns = 6, timeout = "20s",
}

local ivo = myna.agent {
  name = "Ivo",
  voice = "cedar",
  instructions = myna.file "prompts/ivo.md",
  tools = {
    desk:as_tool {
      name = "ask_desk",
      description = "What to say next, whenever it is more than small talk or a missing detail.",
      parameters = {
        question = s.string("What the caller wants now, with every detail they gave",
          { min_length = 1, max_length = 2000 }),
      },
      input = function(args) return args.question end,
      history = { last = 24 },
      timeout = "40s",
      filler = { say = "Just a second.", after = "1500ms", every = "8s", max = 3 },
      on_error = function() return "The desk cannot be reached. Offer to call back." end,
    },
    myna.tools.transfer_call, myna.tools.wait, myna.tools.hang_up,
  },
}

return myna.app {
  name = "telco",
  model = "gpt-realtime",
  timezone = "Europe/London",
  agent = ivo,
  greeting = "Northline, hello. This is Ivo. What can I do for you?",
  output_guardrails = {
    myna.guardrails.words { "guarantee", "compensation", policy_hint = "promise nothing" },
    myna.guardrails.personal_data { kinds = { "card" }, policy_hint = "never read a card out" },
  },
  turn = { detection = "semantic_vad", min_words = 2, ignore = { "mhm", "uh-huh", "right" } },
  idle = {
    { after = "12s", say = "I am still here." },
    { after = "25s", say = "I will close the line now. Goodbye.", hang_up = true },
  },
  limits = { duration = "30m" },
}
