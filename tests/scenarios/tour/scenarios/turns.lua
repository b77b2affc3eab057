-- turns.lua - what counts as a turn over the agent's voice, and what does not (R35).
local test = require "myna.test"

local story = "The castle was built eight hundred years ago, on a rock above the river, by a "
  .. "bishop who wanted to see his enemies from far away."

--- The guide tells its story, for nine seconds, from now on.
local function begin(caller, model)
  caller:expect_heard "recorded"
  caller:says "Tell me of the castle."
  model:says(story, { lasts = "9s" })
  caller:expect_heard "the castle was"
end

test.scenario("R35 a cough pauses the story, and it goes on where it paused",
  function(caller, model, app)
    begin(caller, model)
    model:expect_no "response.cancel"
    model:expect_no "conversation.item.truncate"
    caller:expect_no_event "input_audio_buffer.speech_started"
    caller:coughs()
    caller:expect_silence { within = "2s" } -- it pauses
    caller:expect_speaking { within = "2s" } -- and goes on
    model:expect "conversation.item.delete"
    caller:expect_heard("from far away", { within = "9s" })
    app:expect(function(_, history)
      return not history[#history].interrupted and #history[#history].text == #story
    end)
  end)

test.scenario("R35 a cough loses and repeats not a millisecond", function(caller, model)
  begin(caller, model)
  caller:coughs()
  caller:expect_heard("from far away", { within = "12s" })
  caller:expect_silence()
  caller:expect_overlap { below = "900ms" } -- the lead, which the ear had already
end)

test.scenario("R35 mhm while the guide speaks does not stop it", function(caller, model, app)
  begin(caller, model)
  model:expect_no "conversation.item.truncate"
  caller:murmurs "Mhm."
  caller:expect_heard("on a rock", { within = "5s" })
  caller:murmurs "Uh-huh, all right."
  caller:expect_heard("from far away", { within = "12s" })
  app:expect(function(_, history)
    for _, item in ipairs(history) do
      if item.role == "user" and item.text:lower():find "uh" then return false end
    end
    return true
  end)
end)

test.scenario("R35 one word is not enough, two cut in", function(caller, model, app)
  begin(caller, model)
  caller:murmurs "Really."
  caller:expect_heard("on a rock", { within = "6s" })
  caller:expect_no_heard "far away"
  caller:cuts_in "Which bishop?"
  model:says "Bishop Henry."
  model:expect "conversation.item.truncate"
  caller:expect_heard "bishop henry"
  app:expect_history { role = "assistant", interrupted = true }
end)

test.scenario("R35 mhm is an answer when the guide is silent", function(caller, model)
  caller:expect_heard "recorded"
  caller:says "Hello there."
  model:says "Shall I begin?"
  caller:expect_heard "begin"
  caller:says "Mhm."
  model:says "The castle is old."
  caller:expect_heard "the castle is old"
end)

test.scenario("R35 a disclaimer is heard to its end, and the caller answered after it",
  function(caller, model)
    caller:expect_speaking()
    model:expect_no "conversation.item.truncate"
    model:expect_no "response.cancel"
    caller:murmurs "Hello, is anybody there?"
    model:says "Good morning."
    caller:expect_heard(test.in_order { "call is recorded" })
    caller:expect_heard "good morning"
  end)

test.scenario("R35 a tool says what must not be interrupted", function(caller, model)
  caller:expect_heard "recorded"
  caller:says "Can I go up the tower?"
  model:calls "warn"
  caller:expect_heard("mind the steps", { within = "8s" })
  model:expect_no "conversation.item.truncate"
  caller:murmurs("Never mind that, tell me of the view.", { lasts = "1s" })
  model:says "You see the river."
  caller:expect_heard("may be wet", { within = "5s" })
  caller:expect_heard("see the river", { within = "8s" })
end)

test.scenario("R31 R35 what a pause took is not counted as heard", function(caller, model)
  begin(caller, model)
  caller:coughs()
  caller:expect_heard("the river", { within = "8s" })
  caller:cuts_in "Stop, please."
  model:says "As you like."
  model:expect("conversation.item.truncate", { audio_end_ms = test.near(5100, 100) })
  caller:expect_heard "as you like"
end)
