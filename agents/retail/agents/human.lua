-- human.lua - the way to a person: connects, or takes a message when nobody is there.
local myna = require "myna"

return myna.agent {
  name = "Human",
  handoff_description = "Callers who want a person, are upset, or whom nobody else could help.",
  instructions = myna.file "prompts/human.md",
  tools = { require "tools.message", myna.tools.transfer_call },
  handoffs = "all",
}
