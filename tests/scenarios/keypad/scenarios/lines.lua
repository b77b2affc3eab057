-- lines.lua - what scripts ask of the caller's line.
local test = require "myna.test"

local client = { caller = { events = "myna" } }

test.scenario("a call is transferred by the caller's client", client, function(caller, model, app)
  caller:says "I want to talk to somebody."
  model:calls("transfer_call", { to = "+441632960999" })
  model:says "I am putting you through."
  caller:expect_event("myna.transfer", { to = "+441632960999" })
  app:expect_tool("transfer_call", { output = { done = true } })
  caller:expect_heard "putting you through"
end)

test.scenario("another client cannot: the model reads so", function(caller, model, app)
  caller:says "I want to talk to somebody."
  model:calls("transfer_call", { to = "+441632960999" })
  model:says "I am sorry, I cannot put you through."
  app:expect_tool("transfer_call", { output = test.has "not possible on this line" })
  app:expect_log "a tool gave up"
  caller:expect_heard "cannot put you through"
  caller:expect_no_event "myna.transfer"
end)

test.scenario("keys are pressed on the caller's line", client, function(caller, model)
  caller:says "Press one for me."
  model:calls("send_dtmf", { keys = "1#" })
  model:says "Done."
  caller:expect_event("myna.send_dtmf", { digits = "1#" })
  caller:expect_heard "done"
end)

test.scenario("the model waits when it is told to", function(caller, model, app)
  caller:says "One moment, I am looking for my card."
  model:calls("wait", {})
  model:says "Sure."
  app:expect_tool("wait", { output = test.has "silence" })
  caller:expect_heard "sure"
end)

test.scenario("on.transport_event sees what the model sends", function(caller, model, app)
  caller:says "Hello."
  model:says "Good morning."
  caller:expect_heard "good morning"
  app:expect_state { status = "completed" }
end)
