-- push_to_talk.lua - the button of the caller's end begins and ends their turns (R36).
local test = require "myna.test"

test.scenario("R36 press, speak, release: an answer", function(caller, model, app)
  caller:expect_heard "to be answered"
  caller:expect_silence()
  caller:holds_to_talk "Where do I go next?"
  model:expect "input_audio_buffer.commit"
  model:says "To Mill Lane."
  caller:expect_heard "mill lane"
  app:expect_history { role = "user", text = "where do I go next" }
end)

test.scenario("R36 a press while the agent speaks interrupts and clears", function(caller, model)
  caller:expect_speaking()
  caller:waits "1s"
  caller:expect_no_heard "to be answered"
  caller:holds_to_talk "Where do I go next?"
  model:expect("conversation.item.truncate", { audio_end_ms = test.near(1000, 40) })
  model:expect "input_audio_buffer.clear"
  model:says "To Mill Lane."
  caller:expect_heard "mill lane"
end)

test.scenario("R36 a client that cancels first interrupts once", function(caller, model)
  caller:expect_heard "to be answered"
  caller:holds_to_talk "What is there to do today?"
  model:says("There is a parcel at the mill, and two at the old bridge, and so on.", {
    lasts = "20s" })
  caller:expect_heard "parcel"
  caller:sends { type = "response.cancel" }
  model:expect "conversation.item.truncate"
  model:expect_no "conversation.item.truncate"
  caller:expect_no_event "error"
  caller:holds_to_talk "Where do I go next?"
  model:says "To Mill Lane."
  caller:expect_heard "mill lane"
end)

test.scenario("R36 what is said before the model is there is answered", function(caller, model)
  caller:holds_to_talk "Where do I go next?" -- at once: the model is still being dialled
  model:says "To Mill Lane."
  caller:expect_heard("mill lane", { within = "10s" })
end)

test.scenario("R36 a press of 80 ms is dropped quietly", function(caller, model)
  caller:expect_heard "to be answered"
  caller:expect_silence()
  caller:expect_no_event "error"
  model:expect_no "input_audio_buffer.commit"
  model:expect_no "response.create"
  caller:holds_to_talk("Er", { lasts = "80ms" })
  caller:waits "10s"
end)

test.scenario("R36 after a short press the next one counts", function(caller, model)
  caller:expect_heard "to be answered"
  caller:expect_silence()
  caller:expect_no_event "error"
  caller:holds_to_talk("Er", { lasts = "80ms" })
  caller:waits "1s"
  caller:holds_to_talk "Where do I go next?"
  model:says "To Mill Lane."
  caller:expect_heard "mill lane"
end)
