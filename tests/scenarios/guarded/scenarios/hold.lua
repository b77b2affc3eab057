-- hold.lua - what has not passed is not heard (R42).
local test = require "myna.test"

test.scenario("R42 a blocked word has no sample at the caller's ear", { start = "Held" },
  function(caller, model, app)
    caller:expect_no_heard "guarantee"
    caller:expect_heard "guarded desk"
    caller:says "Does it work?"
    model:says("It works very well for everybody who has tried it so far, and I guarantee that it "
      .. "will work for you too.", { lasts = "8s" })
    app:expect_guardrail("words", { info = { word = "guarantee" } })
    caller:expect_heard "I cannot promise that"
  end)

test.scenario("R42 a blocked word is in no event for the caller", { start = "Held" },
  function(caller, model, app)
    local with_words = { "response.output_audio_transcript.done", "response.content_part.done",
      "conversation.item.done", "response.output_item.done" }
    for _, type_name in ipairs(with_words) do
      caller:expect_event(type_name, { within = "8s" }) -- of the greeting
    end
    caller:expect_heard "guarded desk"
    caller:says "Does it work?"
    model:says("I guarantee it.", { lasts = "3s" })
    for _, type_name in ipairs(with_words) do
      caller:expect_no_event(type_name, { item = { status = "incomplete" } })
      caller:expect_no_event(type_name, { transcript = test.has "guarantee" })
    end
    app:expect_guardrail "words"
    caller:expect_event("response.done", { response = { status = "incomplete" } })
    caller:expect_heard "I cannot promise that"
    app:expect(function(_, history)
      for _, item in ipairs(history) do
        if tostring(item.text):find "guarantee" then return false end
      end
      return true
    end)
  end)

test.scenario("R42 a verdict releases what it saw, and not what came since", { start = "Slow" },
  function(caller, model, app)
    caller:expect_no_heard "guarantee"
    caller:says "Does it work?"
    model:says("It works for all who tried it, and I guarantee that it will work for you.",
      { lasts = "3s" })
    caller:expect_heard("It works", { within = "6s" })
    app:expect_guardrail("pensive", { within = "6s" })
    caller:expect_heard("I cannot promise that", { within = "6s" })
  end)

test.scenario("R42 what passes is heard whole, and soon", { start = "Held" },
  function(caller, model)
    caller:says "Does it work?"
    model:says("It works very well for everybody who has tried it so far, and it costs nothing.",
      { lasts = "6s" })
    caller:expect_heard("It works", { within = "1500ms" })
    caller:expect_heard("costs nothing", { within = "8s" })
  end)

test.scenario("R42 R31 what was heard counts from when it was released", { start = "Held" },
  function(caller, model, app)
    caller:says "Does it work?"
    model:says("It works very well for everybody who has tried it so far, and it costs nothing.",
      { lasts = "6s" })
    caller:expect_speaking { within = "3s" }
    caller:waits "1s"
    caller:cuts_in "Enough."
    model:says "As you like."
    model:expect("conversation.item.truncate", { audio_end_ms = test.near(1000, 60) })
    caller:expect_silence { within = "60ms" }
    app:expect_history { text = test.starts "It works", interrupted = true }
    caller:expect_heard "as you like"
  end)
