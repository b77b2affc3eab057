-- handoffs.lua - what an update may carry, and what happens when it is refused.
local test = require "myna.test"

test.scenario("R20 a refused update leaves the old agent", function(caller, model, app)
  caller:expect_heard "exchange"
  caller:says "The back office, please."
  model:garbles "refuse_update"
  model:hands_off "Back"
  app:expect_tool("transfer_to_Back", { output = "transfer failed" })
  app:expect_error(test.any)
  model:calls("place", {})
  app:expect_tool("place", { output = "at the front" })
  model:says "I am still the front desk."
  caller:expect_heard "front desk"
end)

test.scenario("R20 an update that is not acknowledged leaves the old agent", { silence = false },
  function(caller, model, app)
    caller:expect_heard "exchange"
    caller:says "The back office, please."
    model:garbles "lose_update"
    model:hands_off "Back"
    app:expect_tool("transfer_to_Back", { output = "transfer failed", after = "2s",
      within = "3s" })
    model:says "I am still the front desk."
    caller:expect_heard("front desk", { within = "9s" })
  end)

test.scenario("R22 the voice is left out of an update once there was audio",
  function(caller, model, app)
    model:expect_session { audio = { output = { voice = "marin" } } }
    caller:expect_heard "exchange"
    model:expect_no("session.update", { session = { audio = { output = { voice = test.any } } } })
    caller:says "The back office, please."
    model:hands_off "Back"
    app:expect_handoff "Back"
    model:says "Here is the back office."
    caller:expect_heard "back office"
  end)
