-- known.lua - fourteen things that runtimes of realtime agents are known to get wrong, one scenario
-- each, in the order docs/conversation.md lists them.
local test = require "myna.test"

local myna_events = { caller = { events = "myna" } }

test.scenario("1 R11 a call whose arguments are not JSON is answered", function(caller, model, app)
  caller:says "How is the weather in Rome?"
  model:calls("get_weather", "not json")
  model:expect("conversation.item.create", { item = { type = "function_call_output" } })
  app:expect_tool "get_weather"
  model:says "I could not look that up."
  caller:expect_heard "could not look"
end)

test.scenario("2 R11 a call of a tool nobody has is answered, and the talk goes on",
  function(caller, model)
    caller:says "How is the weather in Rome?"
    model:calls("nope", {})
    model:says "I cannot do that."
    model:expect("conversation.item.create", { item = { type = "function_call_output" } })
    caller:expect_heard "cannot do that"
  end)

test.scenario("3 R12 two tools at once give one answer", function(caller, model, app)
  caller:says "Weather and time in Rome, please."
  model:responds { calls = { { "get_weather", { city = "Rome" } },
    { "get_time", { city = "Rome" } } } }
  model:says "Clear, and ten o'clock."
  app:expect_tool("get_weather", { within = "2s" })
  app:expect_tool("get_time", { within = "4s" })
  caller:expect_heard "ten o'clock"
  caller:waits "2s"
  app:expect_usage { responses = 3 } -- the greeting, the calls, one answer
end)

test.scenario("4 R2 a request the model rejects is made again", { silence = "7s" },
  function(caller, model)
    caller:expect_heard "good morning"
    model:garbles "already_active"
    caller:types "Are you there?"
    model:says "I am here."
    caller:expect_heard("I am here", { within = "12s" })
  end)

test.scenario("5 R31 what was heard is counted at the ear, not by the wall clock",
  function(caller, model)
    caller:says "Tell me about Rome."
    model:says("Rome was not built in a day, and it has seven hills.", { lasts = "4s" })
    caller:expect_speaking { within = "2s" }
    caller:waits "1s"
    caller:cuts_in "And Paris?"
    model:says "Paris has one."
    model:expect("conversation.item.truncate", { audio_end_ms = test.near(1000, 60) })
    caller:expect_heard "Paris"
  end)

test.scenario("6 R34 the history holds what was heard, no more", function(caller, model, app)
  caller:says "Tell me about Rome."
  model:says("Rome was not built in a day, and it has seven hills.", { lasts = "4s" })
  caller:expect_speaking { within = "2s" }
  caller:waits "1s"
  caller:cuts_in "And Paris?"
  model:says "Paris has one."
  caller:expect_heard "Paris"
  local item = app:expect_history { text = test.starts "Rome", interrupted = true }
  assert(not item.text:find "hills", "it holds what nobody heard: " .. item.text)
end)

test.scenario("7 R50 an image that was sent is in the history", function(caller, model, app)
  caller:sends { type = "conversation.item.create", item = { type = "message", role = "user",
    content = { { type = "input_text", text = "What is this?" },
      { type = "input_image", image_url = "data:image/png;base64,AAAA" } } } }
  caller:sends { type = "response.create" }
  model:says "A tower."
  caller:expect_heard "tower"
  app:expect_history { role = "user", images = { { type = "image/png" } } }
end)

test.scenario("8 R22 a handoff after the first sound keeps the voice, and is not refused",
  function(caller, model, app)
    caller:expect_heard "good morning"
    caller:says "A flight, please."
    model:hands_off "Flights"
    app:expect_handoff "Flights"
    local update = model:expect("session.update",
      { session = { instructions = test.has "book flights" } })
    assert(not (update.session.audio and update.session.audio.output
      and update.session.audio.output.voice), "the update holds a voice")
    model:says "Where to?"
    caller:expect_heard "where to"
  end)

test.scenario("9 R61 R62 a connection that ends takes neither the talk nor the agent with it",
  function(caller, model, app)
    caller:expect_heard "good morning"
    caller:says "A flight, please."
    model:hands_off "Flights"
    app:expect_handoff "Flights"
    model:says "Where to?"
    caller:expect_heard "where to"
    model:drops()
    model:expect_session { instructions = test.has "book flights" }
    model:expect("conversation.item.create",
      { item = { role = "user", content = { { text = "A flight, please." } } } })
    caller:says "To Rome."
    model:says "When?"
    caller:expect_heard "when"
  end)

test.scenario("10 R3 cutting in before the first sound cancels the answer", function(caller, model)
  caller:expect_heard "good morning"
  model:lags "2s"
  caller:says "Tell me about Rome."
  model:says "Rome was not built in a day."
  caller:waits "500ms"
  caller:expect_no_heard "Rome"
  caller:sends { type = "response.cancel" }
  model:expect "response.cancel"
  caller:says "And Paris?"
  model:says "Paris was."
  caller:expect_heard "Paris"
end)

test.scenario("11 R70 the caller's format holds, whoever speaks", function(caller, model, app)
  caller:expect_heard "good morning"
  caller:expect_silence()
  caller:sends [[{"type":"session.update","session":{"type":"realtime","audio":{
    "input":{"format":{"type":"audio/pcmu"}},"output":{"format":{"type":"audio/pcmu"}}}}}]]
  caller:expect_event("session.updated",
    { session = { audio = { output = { format = { type = "audio/pcmu" } } } } })
  caller:types "A flight, please."
  model:hands_off "Flights"
  app:expect_handoff "Flights"
  model:says "Where to?"
  caller:expect_heard "where to"
  caller:expect_silence()
  model:drops()
  model:expect_session { audio = { output = { format = { type = "audio/pcmu" } } } }
end)

test.scenario("12 R19 an approval names its call, and is asked for once", myna_events,
  function(caller, model, app)
    caller:expect_heard "good morning"
    caller:says "A flight, please."
    model:hands_off "Flights"
    model:calls("book", {})
    local asked = caller:expect_event("myna.tool.approval_requested", { tool = "book" })
    caller:sends { type = "myna.tool.approve", call_id = asked.call_id }
    app:expect_tool("book", { output = "booked" })
    model:says "It is booked."
    caller:expect_heard "booked"
  end)

test.scenario("13 R40 R43 the end of an answer is looked at, and a check that fails can block",
  function(caller, model, app)
    caller:says "Will it rain?"
    model:says "No, I guarantee."
    model:says "I cannot promise that."
    app:expect_guardrail "promises"
    caller:expect_heard "cannot promise"
    caller:says "Will the chair hold?"
    model:says "It will not break."
    model:says "I am not sure."
    app:expect_log "guardrail"
    app:expect_error "guardrail_failed"
    app:expect_guardrail "closed"
    caller:expect_heard "not sure"
  end)

test.scenario("14 R41 a correction is an instruction, not words in the user's mouth",
  function(caller, model, app)
    caller:says "Will it rain?"
    model:says "No, I guarantee."
    model:says "I cannot promise that."
    app:expect_guardrail "promises"
    model:expect_no("conversation.item.create", { item = { role = "user" } })
    model:expect("response.create", { response = { instructions = test.has "promise" } })
    caller:expect_heard "cannot promise"
  end)
