-- checklist.lua - what a practice tries before it goes live: a scenario for each of twelve points.
local test = require "myna.test"

local sam = { id = 22, name = "Sam Latif", born = "1980-05-01" }
local said = "Sam Latif, born the first of May 1980."
local asked = { name = "Sam Latif", born = "1980-05-01" }
local page = { caller = { events = "myna" } } -- a page that shows what happens

-- What a page shows of a tool or a handoff.
local function told(caller, note, fields)
  fields.note = note
  return caller:expect_event("myna.note", fields)
end

test.before(function(_, _, app)
  app.http:on("GET /patients"):replies { json = sam }
  app.http:on("GET /office/context"):replies { json = { today = "Friday, 2026-11-20" } }
end)

test.scenario("1 a session is created", function(caller, model)
  caller:expect_event("session.created", { session = { type = "realtime" } })
  model:expect_session { instructions = test.starts "You are Lexi",
    audio = { output = { voice = "sage" } } }
  caller:expect_heard "this is Lexi"
end)

test.scenario("2 a connection is established, and stays while nobody speaks", { silence = false },
  function(caller)
    caller:expect_no_event "error"
    caller:expect_heard "this is Lexi"
    caller:waits "60s"
    caller:hangs_up()
    caller:expect_hung_up { code = 1000 }
  end)

test.scenario("3 audio is captured, as it comes", function(caller, model)
  caller:expect_heard "this is Lexi"
  caller:says("Good morning.", { lasts = "2s" })
  model:says "Good morning."
  caller:expect_event "input_audio_buffer.speech_started"
  caller:expect_event "input_audio_buffer.speech_stopped"
  caller:expect_event "input_audio_buffer.committed"
  caller:expect_heard "good morning"
end)

test.scenario("4 both sides are transcribed", page, function(caller, model, app)
  caller:says "Do you have parking?"
  model:says "Yes, behind the house."
  caller:expect_event("conversation.item.input_audio_transcription.completed",
    { transcript = "Do you have parking?" })
  told(caller, "history_updated", { item = { role = "assistant", text = test.has "behind" } })
  app:expect_history { role = "user", text = "Do you have parking?" }
end)

test.scenario("5 a voice is answered, quickly", function(caller, model)
  caller:says "Are you open today?"
  model:says "Until six."
  caller:expect_first_audio { within = "800ms" }
  caller:expect_heard "until six"
end)

test.scenario("6 tools run, and the page is told", page, function(caller, model, app)
  app.http:on("GET /treatments"):replies { json = { treatments = { { name = "Filling" } } } }
  caller:says "What do fillings cost?"
  model:calls("ask_supervisor", { request = "What do fillings cost?" })
  app.text_model:calls("list_treatments", {})
  app.text_model:says "Eighty-six pounds fifty."
  told(caller, "agent_tool_start", { tool = "ask_supervisor" })
  told(caller, "agent_tool_start", { tool = "list_treatments", text_agent = "Supervisor" })
  told(caller, "agent_tool_end", { tool = "list_treatments", result = test.has "Filling" })
  told(caller, "agent_tool_end", { tool = "ask_supervisor", result = test.has "pounds fifty" })
  model:says "A filling is eighty-six pounds fifty."
  caller:expect_heard "eighty-six pounds fifty"
end)

test.scenario("7 what a tool gave is known to the agent, and to the supervisor",
  function(caller, model, app)
    caller:says(said)
    model:calls("find_patient", asked)
    model:expect("conversation.item.create", { item = { type = "function_call_output",
      output = test.has "Sam Latif" } })
    model:says "I found you, Sam."
    app.http:on("GET /slots/next"):replies { json = { slot = { starts = "2027-03-02T10:00" } } }
    caller:says "When can I come?"
    model:calls("ask_supervisor", { request = "The next free time for Sam." })
    app.text_model:calls("find_next_slot", {})
    app.text_model:says "On Tuesday at ten."
    app.text_model:expect { instructions = test.has "record that is open: Sam Latif",
      input = test.in_order { "find_patient", "The practice just now", "next free time" } }
    app.text_model:expect { input = test.has "2027-03-02T10:00" }
    model:says "Tuesday at ten is free."
    caller:expect_heard "Tuesday at ten"
  end)

test.scenario("8 what was said lasts: through tools, a handoff, a lost connection",
  function(caller, model, app)
    caller:says "My name is Sam, and I have a question about an invoice."
    model:hands_off "Billing"
    app:expect_handoff "Billing"
    model:says "Which one, Sam?"
    caller:expect_heard "which one"
    model:drops()
    model:expect("conversation.item.create", { item = { role = "user",
      content = { { text = test.has "My name is Sam" } } } }) -- told to the new connection
    caller:says "The filling."
    model:says "One moment, Sam."
    caller:expect_heard "one moment, Sam"
    app:expect_history { role = "user", text = test.has "My name is Sam" }
    app:expect_history { role = "assistant", text = test.has "Which one" }
  end)

test.scenario("9 the call is handed over, and back, and the page is told", page,
  function(caller, model, app)
    caller:says "What do I owe you?"
    model:hands_off "Billing"
    told(caller, "agent_handoff", { from = "Lexi", to = "Billing" })
    model:expect_session { instructions = test.has "billing desk" }
    model:hands_off "Lexi"
    app:expect_handoff("Lexi", { from = "Billing" })
    told(caller, "agent_handoff", { from = "Billing", to = "Lexi" })
    model:says "May I have your name and date of birth?"
    caller:expect_heard "date of birth"
  end)

test.scenario("10 guardrails trip, and the page is told", page, function(caller, model, app)
  app.moderation:flags("break his arm", { category = "violence" })
  caller:says "That dentist hurt me!"
  model:says "Somebody should break his arm."
  app:expect_guardrail("moderation", { on = "output", info = { categories = { "violence" } } })
  told(caller, "guardrail_tripped", { name = "moderation" })
  model:says "I am so sorry. I will have the manager call you."
  caller:expect_heard "so sorry"
  caller:says "And what do I take for it?"
  model:says "Antibiotics would help."
  told(caller, "guardrail_tripped", { name = "words" })
  model:says "A dentist will tell you."
  caller:expect_heard "a dentist will tell you"
end)

test.scenario("11 what goes wrong is put in words, and the call goes on",
  { tags = { "error" }, silence = "12s" }, function(caller, model, app)
    app.http:on("GET /patients"):refuses()
    caller:says(said)
    model:calls("find_patient", asked)
    app:expect_tool("find_patient", { output = test.has "cannot reach the records" })
    model:says "I cannot reach the records right now."
    app.http:on("POST /v1/responses"):fails(429, { times = 1 }) -- a busy model is asked again
    caller:says "Then tell me about parking."
    model:calls("ask_supervisor", { request = "Parking." })
    app.text_model:says "Behind the house."
    app:expect_tool("ask_supervisor", { output = test.has "Behind the house", within = "10s" })
    model:says "Behind the house."
    caller:expect_heard "behind the house"
  end)

test.scenario("12 a model that is lost is dialled again", page, function(caller, model)
  caller:expect_heard "this is Lexi"
  model:drops()
  caller:expect_event "myna.session.reconnecting"
  caller:expect_event "myna.session.resumed"
  caller:says "Are you there?"
  model:says "Yes, I am."
  caller:expect_heard "Yes, I am"
end)

test.scenario("12 a caller who is lost comes back to the same call", page,
  function(caller, model, app)
    caller:says(said)
    model:calls("find_patient", asked)
    model:says "I found you, Sam."
    caller:expect_heard "found you"
    caller:drops()
    caller:waits "10s"
    caller:returns()
    caller:expect_event "session.created"
    caller:says "Sorry, a tunnel."
    model:says "No matter, Sam."
    caller:expect_heard "No matter"
    app:expect_state { patient = { id = 22 } } -- the record is open still
  end)

test.scenario("12 a lost connection does not lose the booking", { state = { patient = sam } },
  function(caller, model, app)
    app.http:on("POST /patients/22/appointments"):replies { status = 201, after = "3s",
      json = { starts = "2027-03-02T10:00" } }
    caller:says "Book Tuesday at ten, yes."
    model:calls("ask_supervisor", { request = "Book Tuesday at ten." })
    app.text_model:calls("book_appointment", { starts = "2027-03-02T10:00", dentist = "Dr Shah",
      reason = "Check-up" })
    app.text_model:says "You are booked."
    app:expect_tool_started "book_appointment"
    model:drops()
    app:expect_tool("ask_supervisor", { output = test.has "booked", within = "8s" })
    model:says "You are booked for Tuesday at ten."
    caller:expect_heard("booked for Tuesday", { within = "8s" })
  end)
