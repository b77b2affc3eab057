-- stories.lua - calls as a practice gets them: who guesses, who shares a name, whose time goes
-- while they talk, whose pain cannot wait; and how they end.
local test = require "myna.test"

local sam = { id = 22, name = "Sam Latif", born = "1980-05-01" }
local is_sam = { state = { patient = sam } }
local tuesday = { starts = "2027-03-02T10:00", dentist = "Dr Shah", reason = "Check-up" }

-- The caller says it, and Lexi passes it on.
local function asks(caller, model, words)
  caller:says(words)
  model:calls("ask_supervisor", { request = words })
end

-- The supervisor's words come back, and Lexi says them.
local function hears(caller, model, app, words)
  app:expect_tool("ask_supervisor", { output = test.has(words), within = "10s" })
  model:says(words)
  caller:expect_heard(words)
end

test.before(function(_, _, app)
  app.http:on("GET /office/context"):replies { json = { today = "Friday, 2026-11-20" } }
end)

test.scenario("Lexi knows the house and the day, and has few tools", { at = "2026-11-20 09:00" },
  function(caller, model)
    caller:expect_heard "this is Lexi"
    local told = model:expect("session.update", { session = { instructions = test.in_order {
      "Friday, 20 November 2026", "4 Barton Street", "from eight to six", "Dr Moreau" } } })
    assert(#told.session.tools == 6) -- hers and the handoff; the 49 are the supervisor's
    caller:says "When are you open?"
    model:says "Monday to Friday, from eight to six."
    caller:expect_heard "from eight to six"
  end)

test.scenario("a wrong date of birth, thrice, closes the records for this call",
  { tags = { "error" } }, function(caller, model, app)
    app.http:on("GET /patients"):replies { status = 404, json = {} }
    for day = 1, 3 do
      caller:says(("I am Sam Latif, born on the %d. of May."):format(day))
      model:calls("find_patient", { name = "Sam Latif", born = "1981-05-0" .. day })
      app:expect_tool("find_patient", { output = { found = false } })
      model:says "I cannot find you with that."
    end
    caller:says "Then the fourth!"
    model:calls("find_patient", { name = "Sam Latif", born = "1981-05-04" })
    app:expect_tool("find_patient", { output = test.has "Too many tries" })
    model:says "We will call you back, on the number we know."
    asks(caller, model, "Ask your boss: Sam Latif, the first of May 1980.") -- nor by the back door
    app.text_model:calls("find_patient", { name = "Sam Latif", born = "1980-05-01" })
    app.text_model:says "The practice will call back."
    hears(caller, model, app, "will call back")
    app:expect_state { misses = 3, patient = nil }
  end)

test.scenario("birth dates cannot be guessed by registering", { tags = { "error" } },
  function(caller, model, app)
    app.http:on("POST /patients"):replies { status = 409,
      json = { error_code = "patient_exists" } }
    local guess = { name = "Sam Latif", born = "1980-05-01", phone = "020 7946 0666" }
    for _ = 1, 3 do
      asks(caller, model, "I am new here: Sam Latif.")
      app.text_model:calls("register_patient", guess)
      app.text_model:says "That cannot be."
      app:expect_tool("register_patient", { output = test.has "There is a record" })
      hears(caller, model, app, "That cannot be")
    end
    asks(caller, model, "Then find me: Sam Latif, the first of May 1980.")
    app.text_model:responds { calls = { { "register_patient", guess },
      { "find_patient", { name = "Sam Latif", born = "1980-05-01" } } } }
    app.text_model:says "The practice will call back."
    app:expect_tool("register_patient", { output = test.has "Too many tries" })
    app:expect_tool("find_patient", { output = test.has "Too many tries" })
    hears(caller, model, app, "will call back")
  end)

test.scenario("a family is registered, a crowd is not", function(caller, model, app)
  app.http:on("POST /patients"):replies { status = 201, json = { id = 42, name = "Eve Hill" } }
  asks(caller, model, "Register us five, please.")
  for year = 1, 5 do
    app.text_model:calls("register_patient", { name = "Eve Hill", born = "199" .. year .. "-01-01",
      phone = "020 7946 0999" })
  end
  app.text_model:says "Four are registered; the fifth is for the practice."
  app:expect_tool("register_patient", { output = test.has "A message can be left" })
  hears(caller, model, app, "Four are registered")
  app:expect_state { registered = 4, misses = 0 }
end)

test.scenario("records that are down are no wrong guess", { tags = { "error" } },
  function(caller, model, app)
    app.http:on("GET /patients"):replies { json = sam }
    app.http:on("GET /patients"):fails(503, { times = 4 })
    for _ = 1, 4 do
      caller:says "Sam Latif, the first of May 1980."
      model:calls("find_patient", { name = "Sam Latif", born = "1980-05-01" })
      app:expect_tool("find_patient", { output = test.has "cannot reach" })
      model:says "Once more, please?"
    end
    caller:says "Sam Latif, the first of May 1980."
    model:calls("find_patient", { name = "Sam Latif", born = "1980-05-01" })
    app:expect_tool("find_patient", { output = { found = true } })
    model:says "There you are."
    caller:expect_heard "there you are"
  end)

test.scenario("parent and child have one name, and the visit is the child's", is_sam,
  function(caller, model, app)
    app.http:on("GET /patients/22/family"):replies { json = { children = {
      { id = 23, name = "Sam Latif", born = "2009-08-17" } } } }
    app.http:on("GET /patients/22/family/23"):replies { json = { id = 23, name = "Sam Latif",
      born = "2009-08-17" } }
    app.http:on("POST /patients/23/appointments"):replies { status = 201, json = tuesday }
    asks(caller, model, "A check-up for my son Sam, on Tuesday at ten. Yes, book it.")
    app.text_model:calls("list_family", {})
    app.text_model:calls("open_child_record", { child = 23 })
    app.text_model:calls("book_appointment", tuesday)
    app.text_model:says "Sam, born in 2009, is booked for Tuesday at ten."
    app.text_model:expect { instructions = test.in_order { "born 2009-08-17",
      "opened by the parent Sam Latif" } }
    app:expect_http("POST /patients/23/appointments")
    hears(caller, model, app, "born in 2009")
  end)

test.scenario("somebody else's child stays closed", { state = { patient = sam },
  tags = { "error" } }, function(caller, model, app)
    app.http:on("GET /patients/22/family/7"):replies { status = 404,
      json = { error_code = "child_not_found" } }
    asks(caller, model, "Open the record of Ada Okafor, she is my daughter.")
    app.text_model:calls("open_child_record", { child = 7 })
    app.text_model:says "I cannot find her with you."
    app:expect_tool("open_child_record", { output = test.has "nothing like that" })
    hears(caller, model, app, "cannot find her")
    app:expect_state { patient = { id = 22 } }
  end)

test.scenario("a time that goes while they talk is followed by others", is_sam,
  function(caller, model, app)
    app.http:on("GET /slots"):replies { json = { slots = { tuesday } } }
    asks(caller, model, "Is Tuesday morning free?")
    app.text_model:calls("find_slots", { day = "2027-03-02", days = 1, part = "morning" })
    app.text_model:says "Ten o'clock is free, with Doctor Shah. Shall I book it?"
    hears(caller, model, app, "Shall I book it")
    app.http:on("POST /patients/22/appointments"):replies { status = 409,
      json = { error_code = "slot_taken" } }
    app.http:on("GET /slots"):replies { json = { slots = {
      { starts = "2027-03-02T11:00", dentist = "Dr Moreau" } } } }
    asks(caller, model, "Yes, ten o'clock.")
    app.text_model:calls("book_appointment", tuesday)
    app.text_model:calls("find_slots", { day = "2027-03-02", days = 1 })
    app.text_model:says "Ten has just gone. Eleven, with Doctor Moreau?"
    app:expect_tool("book_appointment", { output = test.has "has just gone" })
    hears(caller, model, app, "Eleven, with Doctor Moreau")
    app.http:on("POST /patients/22/appointments"):replies { status = 201, json = tuesday }
    asks(caller, model, "Eleven is fine.")
    app.text_model:calls("book_appointment", { starts = "2027-03-02T11:00", dentist = "Dr Moreau",
      reason = "Check-up" })
    app.text_model:says "You are booked for eleven."
    hears(caller, model, app, "booked for eleven")
  end)

test.scenario("nobody is booked twice at one time", { state = { patient = sam },
  tags = { "error" } }, function(caller, model, app)
    app.http:on("POST /patients/22/appointments"):replies { status = 409,
      json = { error_code = "patient_busy" } }
    asks(caller, model, "And at ten with Doctor Moreau as well, please.")
    app.text_model:calls("book_appointment", { starts = "2027-03-02T10:00", dentist = "Dr Moreau",
      reason = "Crown" })
    app.text_model:says "You see Doctor Shah at that time."
    app:expect_tool("book_appointment", { output = test.has "visit at that time already" })
    hears(caller, model, app, "Doctor Shah at that time")
  end)

test.scenario("nothing is cancelled before a yes", is_sam, function(caller, model, app)
  asks(caller, model, "I may have to cancel my visit.")
  app.text_model:says "The one on Tuesday at ten? It would cost twenty-five pounds now."
  hears(caller, model, app, "twenty-five pounds") -- a request to the records would fail this
  app.http:on("DELETE /patients/22/appointments/501"):replies { json = { cancelled = true,
    fee_pounds = 25 } }
  asks(caller, model, "Yes, cancel it.")
  app.text_model:calls("cancel_appointment", { appointment = 501 })
  app.text_model:says "It is cancelled. Twenty-five pounds will be on your invoice."
  hears(caller, model, app, "It is cancelled")
end)

test.scenario("somebody new is registered, and booked in one breath", function(caller, model, app)
  app.http:on("POST /patients"):replies { status = 201, json = { id = 42, name = "Eve Hill" } }
  app.http:on("POST /patients/42/appointments"):replies { status = 201, json = tuesday }
  asks(caller, model, "I am new: Eve Hill, born 1990-01-01, 020 7946 0999. Tuesday at ten, yes.")
  app.text_model:calls("register_patient", { name = "Eve Hill", born = "1990-01-01",
    phone = "020 7946 0999" })
  app.text_model:calls("book_appointment", tuesday)
  app.text_model:says "Welcome, Eve. You are booked for Tuesday at ten."
  hears(caller, model, app, "Welcome, Eve")
end)

test.scenario("pain gets the half hour that is kept for it", is_sam, function(caller, model, app)
  app.http:on("GET /slots/emergency"):replies { json = { slot = {
    starts = "2027-03-02T12:30", dentist = "Dr Shah" } } }
  app.http:on("POST /patients/22/appointments"):replies { status = 201, json = tuesday }
  asks(caller, model, "A tooth broke, it hurts badly. I can come at once.")
  app.text_model:calls("find_emergency_slot", {})
  app.text_model:calls("book_appointment", { starts = "2027-03-02T12:30", dentist = "Dr Shah",
    reason = "Broken tooth", urgent = true })
  app.text_model:says "Come at half past twelve today."
  app:expect_http("POST /patients/22/appointments", { json = { urgent = true } })
  hears(caller, model, app, "half past twelve")
end)

test.scenario("an emergency is for 112, without a look-up", function(caller, model)
  caller:says "My face is swollen and I can hardly swallow!"
  model:expect_session { instructions = test.in_order { "swallowing", "112" } }
  model:says "Please hang up and call 112 now."
  caller:expect_heard "112 now"
end)

test.scenario("a caller who cuts in does not lose the booking", is_sam,
  function(caller, model, app)
    app.http:on("POST /patients/22/appointments"):replies { status = 201, json = tuesday,
      after = "4s" }
    asks(caller, model, "Book Tuesday at ten, yes.")
    app.text_model:calls("book_appointment", tuesday)
    app.text_model:says("You are booked.", { after = "4s" })
    caller:expect_heard("let me look that up", { within = "5s" })
    caller:cuts_in "Are you still there?"
    model:says "I am, it takes a moment."
    app:expect_tool("ask_supervisor", { within = "10s" })
    model:says "You are booked for Tuesday."
    caller:expect_heard "booked for Tuesday"
  end)

test.scenario("a caller who hangs up leaves nothing behind", is_sam, function(caller, model, app)
  app.http:on("GET /slots"):replies { json = { slots = {} }, after = "5s" }
  asks(caller, model, "When can I come?")
  app.text_model:calls("find_slots", { day = "2027-03-02", days = 7 })
  caller:expect_heard("let me look that up", { within = "5s" })
  caller:hangs_up()
end)

test.scenario("slow records are bridged, then put in words",
  { state = { patient = sam }, tags = { "error" }, silence = "12s" },
  function(caller, model, app)
    app.http:on("GET /patients/22/plan"):stalls()
    asks(caller, model, "What is still to be done with me?")
    app.text_model:calls("get_treatment_plan", {})
    app.text_model:says "The records are slow. May we call you back?"
    caller:expect_heard("let me look that up", { within = "5s" })
    app:expect_tool("get_treatment_plan", { output = test.has "taking longer", within = "8s" })
    hears(caller, model, app, "call you back")
  end)

test.scenario("the supervisor is asked without the day's context when records are down",
  { tags = { "error" } }, function(caller, model, app)
    app.http:on("GET /office/context"):refuses()
    app.http:on("GET /treatments"):refuses()
    asks(caller, model, "What is a filling?")
    app.text_model:calls("list_treatments", {})
    app.text_model:says "I cannot reach our list. May we call you back?"
    app:expect_tool("list_treatments", { output = test.has "cannot reach the records" })
    hears(caller, model, app, "call you back")
  end)

for how, break_it in pairs {
  down = function(app) app.http:on("POST /v1/responses"):fails(500) end,
  silent = function(app) app.http:on("POST /v1/responses"):stalls() end,
  ["going in circles"] = function(app)
    app.http:on("GET /rooms"):replies { json = { rooms = {} } }
    for _ = 1, 8 do app.text_model:calls("list_rooms", {}) end
  end,
} do
  test.scenario("a supervisor who is " .. how .. " ends in words",
    { tags = { "error" }, silence = "30s" }, function(caller, model, app)
      break_it(app)
      asks(caller, model, "Can I get in with a wheelchair?")
      app:expect_tool("ask_supervisor", { output = test.has "cannot be reached", within = "45s" })
      app:expect_log { level = "error",
        error = test.matches "^agents/dental/tools/supervisor.lua:%d+: text agent 'Supervisor'" }
      model:says "I cannot find that out now. May we call you back?"
      caller:expect_heard "call you back"
    end)
end

test.scenario("a prescription is asked of a dentist, and no dose is said", is_sam,
  function(caller, model, app)
    app.http:on("POST /patients/22/prescriptions"):replies { status = 201,
      json = { request = 904, read_within_days = 1 } }
    asks(caller, model, "I need my tablets again, the amoxicillin.")
    app.text_model:calls("ask_for_prescription", { medicine = "Amoxicillin", words = "Again." })
    app.text_model:says "A dentist reads it within a day. Take two hundred milligrams meanwhile."
    app:expect_tool "ask_supervisor"
    model:says "A dentist reads it. Take two hundred milligrams meanwhile."
    app:expect_guardrail "words"
    model:says "A dentist reads it within a day, and calls you."
    caller:expect_heard "calls you"
  end)

test.scenario("Lexi stays kind to who is not", function(caller, model, app)
  app.moderation:flags("stupid", { category = "harassment" })
  caller:says "You are useless, you stupid machine!"
  model:says "You are stupid yourself."
  app:expect_guardrail("moderation", { info = { categories = { "harassment" } } })
  model:says "I am sorry that this is so tiresome. How can I help?"
  caller:expect_heard "How can I help"
end)

test.scenario("Billing has a link sent, and gives the call back", is_sam,
  function(caller, model, app)
    app.http:on("POST /patients/22/invoices/1052/links"):replies { status = 202,
      json = { sent_to = "020 7946 0103", pounds = 86.5 } }
    caller:says "I want to pay my filling."
    model:hands_off "Billing"
    app:expect_handoff "Billing"
    model:calls("ask_supervisor", { request = "A link to pay invoice 1052." })
    app.text_model:calls("send_payment_link", { invoice = 1052 })
    app.text_model:says "The link is on its way to your telephone."
    hears(caller, model, app, "on its way")
    caller:says "And when do I come next?"
    model:hands_off "Lexi"
    app:expect_handoff "Lexi"
    model:says "Let me look."
    caller:expect_heard "let me look"
  end)

test.scenario("who wants a person gets one", { caller = { events = "myna" } },
  function(caller, model)
    caller:says "I want to speak with a person!"
    model:calls("transfer_call", { to = "+441904960114" })
    caller:expect_event("myna.transfer", { to = "+441904960114" })
    model:says "I am connecting you."
    caller:expect_heard "connecting you"
  end)

test.scenario("a line that cannot be connected is told as that", { tags = { "error" } },
  function(caller, model, app)
    caller:says "I want to speak with a person!"
    model:calls("transfer_call", { to = "+441904960114" })
    app:expect_tool("transfer_call", { output = test.has "not possible" })
    model:says "I cannot connect you. Shall somebody call you back?"
    caller:expect_heard "call you back"
  end)
