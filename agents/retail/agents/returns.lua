-- returns.lua - what was bought: where it is, and whether it may come back.
local myna = require "myna"

return myna.agent {
  name = "Returns",
  handoff_description = "Orders that were made: where they are, sending things back.",
  instructions = myna.file "prompts/returns.md",
  tools = { require "tools.orders", require "tools.judge" },
  handoffs = "all",
}
