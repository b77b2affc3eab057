-- agent.lua - what the caller says is looked at before it is answered (R44).
local myna = require "myna"

local function look(name, on_error, block)
  return myna.guardrail {
    name = name, on_error = on_error, timeout = "2s",
    check = function(text)
      if text:find "[Ii]gnore" then return myna.block(block) end
      if text:find "slowly" then myna.sleep "1m" end
    end,
  }
end

return myna.app {
  name = "gate",
  agent = myna.agent {
    name = "Open", instructions = "Be kind.", handoffs = { "Free" },
    input_guardrails = { look("injection", "open", { say = "I would rather not." }) },
  },
  agents = {
    myna.agent { name = "Closed", instructions = "Be strict.",
      input_guardrails = { look("strict", "closed", { policy_hint = "stay with the menu" }) } },
    myna.agent { name = "Free" },
  },
}
