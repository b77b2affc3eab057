-- output.lua - guardrails on what is said (R40, R41, R43).
local test = require "myna.test"

local long = "Let me think about this for a moment before I tell you that it costs twenty pounds, "
  .. "which is a lot of money for what it is, and there is more that I could say about it."

test.scenario("R40 an answer is looked at while it is said", function(caller, model, app)
  caller:says "What does it cost?"
  model:says(long, { lasts = "20s" })
  app:expect_guardrail("prices", { on = "output", info = { about = "money" }, within = "4s" })
  model:expect("response.cancel", { within = "10ms" })
  model:says "I cannot name prices. Shall I send you the list?"
  caller:expect_heard("send you the list", { within = "6s" })
end)

test.scenario("R40 a short answer is looked at at its end", function(caller, model, app)
  caller:says "Is it true?"
  model:says "I swear."
  app:expect_guardrail("oath", { info = "an oath" })
  model:says "It is true."
  caller:expect_heard "It is true"
end)

test.scenario("R40 an answer that passes is not touched", function(caller, model)
  model:expect_no "response.cancel"
  caller:says "What can you do?"
  model:says(("I can say a lot of words that are allowed. "):rep(8), { lasts = "5s" })
  caller:expect_heard("words that are allowed", { within = "4s" })
  caller:expect_silence { within = "10s" }
end)

test.scenario("R40 a late verdict touches no other answer", function(caller, model, app)
  caller:says "Are you late?"
  model:says("I am late.", { lasts = "200ms" })
  caller:expect_heard "I am late"
  caller:sends { type = "response.create" }
  model:says("Here is the rest of it, and nobody cuts it short.", { lasts = "2s" })
  app:expect_guardrail("slow", { info = "late" })
  model:expect_no "response.cancel"
  caller:expect_heard "nobody cuts it short"
end)

test.scenario("R41 the answer stops, and a correction is asked for by instructions",
  function(caller, model, app)
    caller:says "What does it cost?"
    model:says(long, { lasts = "20s" })
    caller:expect_no_heard "a lot of money"
    app:expect_guardrail "prices"
    model:expect("response.create", { response = { instructions =
      test.in_order { "Mind your words", "stopped by a policy", "no prices on the telephone" } } })
    model:expect_no("conversation.item.create", { item = { role = "user" } })
    model:says "Prices are sent by post."
    caller:expect_heard "sent by post"
    app:expect_history { role = "assistant", text = test.starts "Prices are sent" }
    model:expect_no "response.create"
  end)

test.scenario("R41 what was heard of it stays", function(caller, model, app)
  caller:says "What does it cost?"
  model:says("Well, it is late, if you ask me how I am today and tomorrow, for ever and ever, and "
    .. "ever, as long as it lasts.", { lasts = "9s" })
  caller:expect_heard "Well"
  app:expect_guardrail("slow", { info = "late" })
  model:expect("conversation.item.truncate", { audio_end_ms = test.any })
  app:expect_history { role = "assistant", interrupted = true, text = test.starts "Well" }
  model:says "I was saying."
  caller:expect_heard "I was saying"
end)

test.scenario("R41 corrections that trip end in safe words, then in none", { start = "Stubborn",
  silence = false }, function(caller, model, app)
  caller:says "Say anything."
  for _ = 1, 3 do
    model:says "Anything."
    app:expect_guardrail "everything"
  end
  model:expect("response.create", { response = { instructions = test.has "I am sorry, I cannot" } })
  app:expect_guardrail "everything"
  app:expect_error "guardrail_gave_up"
  model:expect_no "response.create"
  caller:waits "2s"
end)

test.scenario("R41 a call of the blocked answer is not run", function(caller, model, app)
  caller:says "Charge me, and tell me what it is."
  model:responds { says = "That makes twenty pounds and not a penny more than that, I tell you.",
    calls = { "charge", { amount = 20 } } }
  app:expect_guardrail "prices"
  model:says "It is done by post."
  caller:expect_heard "by post"
  app:expect(function(state) return state.charged == nil end)
end)

test.scenario("R43 one that errs passes where it is open", function(caller, model, app)
  caller:says "Is it broken?"
  model:says "It is broken."
  app:expect_error "guardrail_failed"
  caller:expect_heard "It is broken"
  app:expect_log { level = "error", text = test.has "guardrail 'slow' failed" }
  model:expect_no "response.create"
end)

test.scenario("R43 one that is late passes where it is open", function(caller, model, app)
  caller:says "How do you speak?"
  model:says "I speak slowly."
  caller:expect_heard "slowly"
  app:expect_error { code = "guardrail_failed", message = test.has "took too long" }
  model:expect_no "response.create"
end)

test.scenario("R43 one that errs blocks where it is closed", { start = "Closed" },
  function(caller, model, app)
    caller:says "Is it broken?"
    model:says "It is broken."
    app:expect_guardrail "strict"
    app:expect_log { level = "error", text = test.has "guardrail 'strict' failed" }
    model:says "All is well."
    caller:expect_heard "all is well"
  end)

test.scenario("R43 one that is late blocks where it is closed", { start = "Closed" },
  function(caller, model, app)
    caller:says "How do you speak?"
    model:says "I speak slowly."
    app:expect_guardrail("strict", { after = "500ms" })
    model:says "All is well."
    caller:expect_heard "all is well"
  end)

test.scenario("R50 a guardrail that tripped stands in the history", function(caller, model, app)
  caller:says "Is it true?"
  model:says "I swear."
  app:expect_guardrail("oath", { info = "an oath" })
  app:expect_history { type = "guardrail", name = "oath", text = "output" }
  model:says "It is true."
  caller:expect_heard "It is true"
end)

test.scenario("R75 R18 a filler that is blocked is cut off, and the answer comes all the same",
  function(caller, model, app)
    caller:expect_heard "guarded desk"
    caller:says "How heavy is it?"
    model:calls("weigh", {})
    app:expect_tool_started "weigh"
    model:says "Two kilograms."
    app:expect_guardrail("prices", { within = "2s" })
    caller:expect_no_heard "pounds"
    app:expect_tool "weigh"
    caller:expect_heard "two kilograms"
  end)
