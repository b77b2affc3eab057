-- billing.lua - instructions from a function, a tool that is off at first, a handoff with an input.
local myna = require "myna"

local secret_tool = myna.tool {
  name = "secret_tool",
  description = "Only when the state allows it.",
  is_enabled = function(ctx) return ctx.state.allowed end,
  execute = function() return "yes" end,
}

return myna.agent {
  name = "Billing",
  handoff_description = "Answers questions about invoices.",
  instructions = function(ctx) return "You bill " .. ctx.state.patient.name .. "." end,
  tools = { secret_tool },
  handoffs = {
    myna.handoff {
      agent = "Front Desk",
      tool_name = "back",
      tool_description = "Go back.",
      input = { reason = myna.schema.string "Why" },
      on_handoff = function(input, ctx) ctx.state.reason = input.reason end,
    },
  },
}
