-- resume.lua - callers whose network breaks, and who come back or do not.
local test = require "myna.test"

local asks = { caller = { events = "myna" } }

test.scenario("R63 a caller who is lost takes the call up again", asks, function(caller, model, app)
  caller:expect_heard "Switchboard"
  caller:expect_event("myna.session.resumable", { session_id = test.any, resume = test.any,
    seconds = 20 })
  caller:drops()
  caller:waits "10s"
  caller:returns()
  caller:expect_event "session.created"
  caller:expect_event "myna.session.resumable"
  caller:says "I am back."
  model:says "Welcome back."
  caller:expect_heard "Welcome back"
  app:expect_history { role = "user", text = "I am back." }
end)

test.scenario("R63 what was not heard is heard once the caller is back", asks,
  function(caller, model, app)
    caller:expect_heard "Switchboard"
    caller:says "When are you open?"
    model:says("We are open from eight until six, and on Saturdays until noon.", { lasts = "6s" })
    caller:expect_speaking()
    caller:waits "1s"
    caller:drops()
    caller:expect_silence { within = "600ms" }
    caller:waits "12s"
    caller:expect_silence()
    caller:returns()
    caller:expect_speaking { within = "200ms" }
    caller:waits "2s"
    caller:expect_speaking()
    caller:expect_silence { after = "2s", within = "4s" }
    app:expect_history { role = "assistant", interrupted = nil }
  end)

test.scenario("R63 R31 what plays to nobody does not count as heard", asks,
  function(caller, model)
    caller:expect_heard "Switchboard"
    caller:says "When are you open?"
    model:says("We are open from eight until six, and on Saturdays until noon.", { lasts = "6s" })
    caller:expect_speaking()
    caller:waits "1s"
    caller:drops()
    caller:waits "12s"
    caller:returns()
    caller:expect_speaking { within = "200ms" }
    caller:cuts_in "Thank you."
    model:expect("conversation.item.truncate", { audio_end_ms = test.below(4000) })
    model:says "Goodbye."
    caller:expect_heard "Goodbye"
  end)

test.scenario("R63 what happened meanwhile is told once the caller is back",
  { caller = { events = "myna" }, silence = false }, function(caller, model, app)
    caller:expect_heard "Switchboard"
    model:garbles("late_transcript", { after = "3s" })
    caller:says "When are you open?"
    model:says "From eight until six."
    caller:waits "1s"
    caller:drops()
    caller:waits "6s"
    caller:returns()
    caller:expect_event("conversation.item.input_audio_transcription.completed",
      { transcript = "When are you open?", within = "100ms" })
    app:expect_history { role = "user", text = "When are you open?" }
  end)

test.scenario("R63 a caller who does not come back in time finds the call ended", asks,
  function(caller)
    caller:expect_heard "Switchboard"
    caller:drops()
    caller:expect_hung_up { within = "21s", after = "19s" }
  end)

test.scenario("R63 a caller who never asked does not leave a call behind", function(caller)
  caller:expect_heard "Switchboard"
  caller:drops()
  caller:expect_hung_up { within = "100ms" }
end)
