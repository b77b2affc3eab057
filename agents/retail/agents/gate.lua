-- gate.lua - the first voice: finds out what a caller wants, and who they are where that matters.
local myna = require "myna"

return myna.agent {
  name = "Gate",
  voice = "marin",
  handoff_description = "Greets callers and verifies who they are.",
  instructions = myna.file "prompts/gate.md",
  tools = { require "tools.verify", myna.tools.hang_up },
  handoffs = "all",
}
