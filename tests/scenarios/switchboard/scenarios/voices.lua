-- voices.lua - an agent who must have its own voice is given a model that can have it.
local test = require "myna.test"

test.scenario("R22 an agent with redial speaks with its own voice, and knows the call",
  function(caller, model, app)
    caller:expect_heard "Switchboard"
    caller:says "Bea, please."
    model:hands_off "Bea"
    app:expect_handoff "Bea"
    model:says "Bea speaking."
    model:expect_session { instructions = "You are Bea.", audio = { output = { voice = "cedar" } } }
    model:expect("conversation.item.create",
      { item = { role = "user", content = { { text = "Bea, please." } } } })
    model:expect("conversation.item.create",
      { item = { type = "function_call_output", output = test.has "Bea" } })
    caller:expect_heard "Bea speaking"
    caller:says "Thank you."
    model:says "You are welcome."
    caller:expect_heard "welcome"
  end)

test.scenario("R22 R20 the agent stays when no model can be dialled for the other's voice",
  function(caller, model)
    caller:expect_heard "Switchboard"
    model:refuses(503, { times = 1 })
    caller:says "Bea, please."
    model:hands_off "Bea"
    model:says "Bea is not there."
    model:expect("conversation.item.create",
      { item = { type = "function_call_output", output = test.has "failed" } })
    caller:expect_heard "not there"
  end)

test.scenario("R22 R61 a rotation keeps the voice the call has", function(caller, model)
  caller:expect_heard "Switchboard"
  caller:waits "56m"
  model:expect_session { audio = { output = { voice = "marin" } } }
  caller:says "Hello?"
  model:says "Yes?"
  caller:expect_heard "yes"
end)
