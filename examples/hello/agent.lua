-- agent.lua - the smallest app worth calling: an agent with one tool.
local myna = require "myna"
local s = myna.schema
local pounds = { roses = 18, tulips = 9, lilies = 14 }
return myna.agent {
  name = "Mira", instructions = "You answer for a flower shop. Be warm and brief.",
  tools = { myna.tool {
    name = "price_of", description = "What a bunch of flowers costs.",
    parameters = { flower = s.enum("Which", { "roses", "tulips", "lilies" }) },
    execute = function(args) return pounds[args.flower] .. " pounds" end,
  } },
}
