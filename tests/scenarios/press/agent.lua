-- agent.lua - a press: agents whose prompts are edited while they speak.
local myna = require "myna"

local set = myna.tool {
  name = "set_type",
  description = "Set a line in type, slowly.",
  execute = function()
    myna.sleep "3s"
    return "set"
  end,
}

local printer = myna.agent {
  name = "Printer",
  instructions = myna.file("prompts/printer.md", { live = false }),
}

return myna.app {
  name = "press",
  agent = myna.agent {
    name = "Editor",
    instructions = myna.file "prompts/editor.md",
    tools = { set },
    handoffs = { printer },
  },
}
