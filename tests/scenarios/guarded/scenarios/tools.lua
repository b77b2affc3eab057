-- tools.lua - guardrails on a tool's calls (R45).
local test = require "myna.test"

local function charge(caller, model, amount)
  caller:says "Charge me."
  model:calls("charge", { amount = amount })
end

test.scenario("R45 a call may be refused", function(caller, model, app)
  charge(caller, model, 2000)
  app:expect_guardrail("limit", { on = "tool_input", tool = "charge" })
  app:expect_tool("charge", { output = "Over a thousand is refused." })
  app:expect(function(state) return state.charged == nil end)
end)

test.scenario("R45 its arguments may be changed", function(caller, model, app)
  charge(caller, model, 500)
  app:expect_tool("charge", { output = "charged 100 pounds" })
  app:expect_state { charged = 100 }
  model:says "Done."
end)

test.scenario("R45 changed arguments are held to the schema", function(caller, model, app)
  charge(caller, model, -5)
  app:expect_tool("charge", { output = test.has "policy" })
  app:expect_log { level = "error", text = test.has "guardrail 'limit' failed" }
  app:expect(function(state) return state.charged == nil end)
end)

test.scenario("R45 one that errs does as its on_error says", function(caller, model, app)
  charge(caller, model, 0)
  app:expect_guardrail "limit"
  app:expect_log { level = "error", text = test.has "guardrail 'limit' failed" }
  app:expect_tool("charge", { output = test.has "policy" })
end)

test.scenario("R45 the output may be replaced", function(caller, model, app)
  charge(caller, model, 5)
  app:expect_tool("charge", { output = "charged 5 pounds to card hidden" })
  model:says "Done."
end)

test.scenario("R45 the output may be withheld", function(caller, model, app)
  charge(caller, model, 7)
  app:expect_guardrail("card", { on = "tool_output", info = "seven" })
  app:expect_tool("charge", { output = test.has "policy" })
  app:expect_state { charged = 7 }
  model:says "Done."
end)
