-- handoffs.lua - acknowledged, or undone.
local test = require "myna.test"

test.scenario("R20 R21 the update is acknowledged before the output, and one request follows",
  function(caller, model, app)
    caller:says "Give me Pong."
    model:hands_off "Pong"
    app:expect_handoff("Pong", { from = "Ping", within = "1s" })
    model:expect("session.update", { session = { instructions = "You are Pong" } })
    model:expect("conversation.item.create", { item = { output = { assistant = "Pong" } } })
    model:expect "response.create"
    model:says "Pong here."
    caller:expect_heard "Pong here"
  end)

test.scenario("R25 ping-pong without the caller ends", function(caller, model, app)
  caller:says "Play."
  for _, agent in ipairs { "Pong", "Ping", "Pong", "Ping", "Pong" } do
    model:hands_off(agent)
    app:expect_handoff(agent)
  end
  model:hands_off "Ping"
  app:expect_tool("transfer_to_Ping", { output = "Too many transfers" })
  model:says "I stay with you."
  caller:expect_heard "I stay"
end)

test.scenario("a handoff brings its input along", function(caller, model, app)
  caller:says "It is about parking."
  model:hands_off("Third Desk", { topic = "parking" })
  app:expect_handoff "Third Desk"
  app:expect_state { topic = "parking", entered = true }
  model:says "Parking, yes."
  caller:expect_heard "parking"
end)

test.scenario("R23 the first of two handoffs wins", function(caller, model, app)
  caller:says "Anyone."
  model:responds { calls = { { "transfer_to_Pong", {} }, { "transfer_to_Third_Desk",
    { topic = "x" } } } }
  app:expect_handoff "Pong"
  app:expect_tool("transfer_to_Third_Desk", { output = test.any })
  model:says "Pong here."
  caller:expect_heard "Pong here"
  app:expect(function(state) return not state.entered end)
end)

test.scenario("a call can begin with another agent", { start = "Pong" }, function(caller, model)
  model:expect_session { instructions = "You are Pong" }
  caller:says "Who is this?"
  model:says "Pong."
  caller:expect_heard "Pong"
end)

test.scenario("R21 the tool of a transfer is named by the agent, with _ for what is no letter",
  function(caller, model, app)
    caller:says "It is about parking."
    model:calls("transfer_to_Third_Desk", { topic = "parking" })
    app:expect_handoff "Third Desk"
    model:says "Parking, yes."
    caller:expect_heard "parking"
  end)
