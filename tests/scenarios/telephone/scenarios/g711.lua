-- g711.lua - what travels in eight thousand bytes a second is as long, as early and as loud as what
-- is spoken: nothing is told or measured by the length of some other format.
local test = require "myna.test"

local story = "The castle was built eight hundred years ago, on a rock above the river."

test.scenario("the model is told both laws, and hears the caller's words", function(caller, model)
  model:expect_session({ audio = { input = { format = { type = "audio/pcmu" } },
    output = { format = { type = "audio/pcma" } } } }, { after = "0s" })
  caller:says("Is this the castle?", { lasts = "1s" })
  model:says "It is."
  local begins = caller:expect_event("input_audio_buffer.speech_started").audio_start_ms
  local ends = caller:expect_event("input_audio_buffer.speech_stopped").audio_end_ms
  -- a second and 500 ms of silence after it, from the beginning of the call
  assert(begins == 0 and math.abs(ends - 1500) <= 20, begins .. " to " .. ends)
  caller:expect_heard "it is"
end)

test.scenario("speech lasts as long as it was spoken", function(caller, model)
  caller:says "Tell me of the castle."
  model:says(story, { lasts = "5s" })
  caller:expect_first_audio { within = "1s" }
  caller:waits "4800ms"
  caller:expect_speaking { within = "20ms" }
  caller:expect_silence { within = "300ms" }
end)

test.scenario("R31 cutting in tells the model how much was heard of the G.711", {
  tags = { "barge_in" } }, function(caller, model, app)
  caller:says "Tell me of the castle."
  model:says(story, { lasts = "5s" })
  caller:expect_first_audio { within = "1s" }
  caller:waits "2s"
  caller:cuts_in "Which river?"
  model:says "The Wear."
  model:expect("conversation.item.truncate", { audio_end_ms = test.near(2040, 40) })
  caller:expect_overlap { below = "400ms" }
  app:expect_history { role = "assistant", interrupted = true, heard_ms = test.near(2040, 40) }
  caller:expect_heard "the wear"
end)

test.scenario("a client that asks for another format is spoken to in it", function(caller, model)
  caller:says "Hello?"
  model:says "Bell here."
  caller:expect_heard "bell here"
  caller:sends { type = "session.update", session = { type = "realtime", audio = {
    input = { format = { type = "audio/pcm", rate = 24000 } },
    output = { format = { type = "audio/pcmu" } } } } }
  caller:expect_event "session.updated"
  caller:says("Still there?", { lasts = "1s" })
  model:says("Still here, and listening.", { lasts = "2s" })
  caller:expect_first_audio { within = "1s" }
  caller:waits "1900ms"
  caller:expect_speaking { within = "20ms" }
  caller:expect_silence { within = "200ms" }
end)
