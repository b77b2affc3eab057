-- limits.lua - what a call has used, and how much it may.
local test = require "myna.test"

local farewell = "Time is up"

test.scenario("R66 what a call has used is known to the app, by kind, and in money",
  function(caller, model, app)
    caller:says "What have I spent?"
    model:calls "spent"
    app:expect_tool("spent", { output = { responses = 0 } }) -- the one that asks is not over
    model:says "A little."
    caller:expect_heard "a little"
    app:expect_usage { responses = 2, transcriptions = 1, input_image_tokens = 0 }
    caller:says("And what will it be when I have told you all about my day, from the first cup "
      .. "of tea to the last, and about everybody whom I met in between?")
    model:says "A little more."
    caller:expect_heard "a little more"
    caller:says "I see."
    model:says "Good."
    caller:expect_heard "good"
    app:expect(function(state)
      local total = state.total
      local price = (total.input_text_tokens - total.cached_text_tokens) * 100
        + total.cached_text_tokens * 10 + total.output_text_tokens * 200
        + (total.input_audio_tokens - total.cached_audio_tokens) * 1000
        + total.cached_audio_tokens * 100 + total.output_audio_tokens * 2000
        + total.transcription_tokens * 10
      return total.input_tokens == total.input_text_tokens + total.input_audio_tokens
        and total.output_tokens == total.output_text_tokens + total.output_audio_tokens
        and total.cached_audio_tokens > 0
        and math.abs(total.cost_usd - price / 1000000) < 1e-9
    end)
  end)

test.scenario("R65 a call that costs too much says goodbye and ends", function(caller, model, app)
  caller:says "Go on."
  model:says("And so on, for as long as there is money left.", { lasts = "20s" })
  caller:expect_heard("money left", { within = "22s" })
  caller:says "And on."
  model:says("And on and on.", { lasts = "25s" })
  caller:expect_heard("and on and on", { within = "27s" })
  app:expect_error { code = "limit_reached", message = test.has "cost" }
  caller:expect_heard(farewell, { within = "27s" })
  caller:expect_hung_up { within = "4s", reason = "highest cost" }
  app:expect_log { text = "over", why = test.has "cost" }
end)

test.scenario("R65 a call in which nobody speaks says goodbye and ends", { silence = false },
  function(caller)
    caller:waits "29s"
    caller:expect_heard(farewell, { within = "3s" })
    caller:expect_hung_up { within = "4s", reason = "nobody spoke" }
  end)

test.scenario("R65 a call that has lasted its longest says goodbye and ends", { silence = false },
  function(caller, model)
    for _ = 1, 5 do
      caller:waits "20s"
      caller:says "Go on."
      model:says "And so on."
    end
    caller:expect_heard(farewell, { within = "20s" })
    caller:expect_hung_up { within = "4s", reason = "longest duration" }
  end)
