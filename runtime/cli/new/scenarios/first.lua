-- What callers may expect, played on a virtual clock: no network, no key. `myna test` runs it.
local test = require "myna.test"

test.scenario("opening hours are looked up", function(caller, model, app)
  caller:expect_heard "how can I help"
  caller:says "Are you open on Saturday?"
  model:calls("opening_hours", { day = "saturday" })
  app:expect_tool("opening_hours", { output = test.has "ten until two" })
  model:says "On Saturdays we are open from ten until two."
  caller:expect_heard "ten until two"
  app:expect_state { asked_hours = true }
end)

test.scenario("who wants to order is handed to the clerk", function(caller, model, app)
  caller:says "I would like to order something."
  model:hands_off "Clerk"
  app:expect_handoff "Clerk"
  model:says "What is your name, please?"
  caller:expect_heard "your name"
end)
