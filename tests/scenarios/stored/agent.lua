-- agent.lua - agents whose prompts are stored at the model's provider.
local myna = require "myna"

local move_house = myna.tool {
  name = "move_house",
  description = "Note where the caller lives now.",
  parameters = { city = myna.schema.string "Which city" },
  execute = function(args, ctx) ctx.state.city = args.city end,
}

local ada = myna.agent {
  name = "Ada",
  prompt = {
    id = "pmpt_front_desk", version = "2",
    variables = function(ctx) return { city = ctx.state.city or "York" } end,
  },
  tools = { move_house },
  handoffs = { "Max", "Eve" },
}

return myna.app {
  name = "stored",
  agent = ada,
  agents = {
    myna.agent { name = "Max", instructions = "You are Max.", handoffs = { "Ada" } },
    myna.agent { name = "Eve", instructions = "Speak slowly.", prompt = { id = "pmpt_eve" } },
  },
}
