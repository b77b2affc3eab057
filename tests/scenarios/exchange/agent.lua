-- agent.lua - an exchange: two agents with voices of their own, whose tools share their names.
local myna = require "myna"
local s = myna.schema

--- A tool of this name that says whose it is.
local function place(agent)
  return myna.tool {
    name = "place",
    description = "Say where the caller is.",
    parameters = { why = s.string("Why it is asked"):optional() },
    execute = function() return "at the " .. agent end,
  }
end

local ring = myna.tool {
  name = "ring",
  description = "Ring somebody; not worth waiting for once the caller speaks again.",
  on_interrupt = "cancel",
  execute = function()
    myna.sleep "4s"
    return "nobody answers"
  end,
}

local note = myna.tool {
  name = "note",
  description = "Write something down, slowly.",
  execute = function()
    myna.sleep "2s"
    return "written down"
  end,
}

local back = myna.agent { name = "Back", instructions = "You are the back office.",
  voice = "cedar", tools = { place "back" } }

return myna.app {
  name = "exchange",
  agent = myna.agent { name = "Front", instructions = "You are the front desk.", voice = "marin",
    tools = { place "front", ring, note }, handoffs = { back } },
  greeting = "Exchange.",
  limits = { tools_per_turn = 3, duration = "2m" },
}
