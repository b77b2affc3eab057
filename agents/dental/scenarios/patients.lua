-- patients.lua - Lexi opens a record: found, not found, the records down, the records slow.
local test = require "myna.test"

local said = "Sam Latif, born the first of May 1980."
local asked = { name = "Sam Latif", born = "1980-05-01" }

test.before(function(_, _, app)
  app.http:on("GET /patients"):replies { json = { id = 22, name = "Sam Latif" } }
end)

test.scenario("a patient is found", { at = "2026-11-20 09:00" }, function(caller, model, app)
  caller:expect_heard "this is Lexi"                      -- words the app gives need no line
  caller:says "Sam Latif, born the first of May 1980."    -- when the floor is free, to the end
  model:calls("find_patient", { name = "Sam Latif", born = "1980-05-01" })
  app:expect_tool("find_patient", { output = { id = 22 } })
  model:says "I found you, Sam."
  caller:expect_heard("found you", { within = "2s" })     -- from the line above
  app:expect_state { patient = { id = 22 } }
end)

test.scenario("the caller cuts in on a long answer", { tags = { "barge_in" } },
  function(caller, model, app)
    caller:says "What are your opening hours?"
    model:says("We are open from eight until six on weekdays, and from nine until noon on "
      .. "Saturdays.", { lasts = "6s" })
    caller:expect_speaking { within = "2s" }
    caller:waits "1500ms"
    caller:cuts_in "Only Saturday, please."               -- returns when its first sound is noticed
    model:says "Nine until noon."
    caller:expect_silence { within = "60ms" }             -- in samples, at the caller's ear
    model:expect("conversation.item.truncate", { audio_end_ms = test.near(1500, 40) })
    app:expect_history { text = test.starts "We are open", interrupted = true }
    caller:expect_heard "Nine until noon"
  end)

test.scenario("a patient who is not there is not invented", function(caller, model, app)
  app.http:on("GET /patients"):replies { status = 404, json = { error_code = "patient_not_found" } }
  caller:says(said)
  model:calls("find_patient", asked)
  app:expect_tool("find_patient", { output = { found = false } })
  model:says "I cannot find you with that name and date. Could you spell the name?"
  caller:expect_heard "cannot find you"
end)

test.scenario("records that are down are put in words", { tags = { "error" } },
  function(caller, model, app)
    app.http:on("GET /patients"):refuses()
    caller:says(said)
    model:calls("find_patient", asked)
    app:expect_tool("find_patient", { output = test.has "cannot reach the records" })
    model:says "I cannot reach the records right now. May we call you back?"
    caller:expect_heard "call you back"
  end)

test.scenario("records that fail are put in words, not in codes", { tags = { "error" } },
  function(caller, model, app)
    app.http:on("GET /patients"):fails(503)
    caller:says(said)
    model:calls("find_patient", asked)
    app:expect_tool("find_patient", { output = test.has "cannot reach the records" })
    model:says "I cannot reach the records right now."
    caller:expect_heard "cannot reach the records"
  end)

test.scenario("slow records are bridged, then put in words", { tags = { "error" } },
  function(caller, model, app)
    app.http:on("GET /patients"):stalls()                 -- the newest line for a request wins
    caller:says "Sam Latif, born the first of May 1980."
    model:calls("find_patient", { name = "Sam Latif", born = "1980-05-01" })
    app:expect_tool_started "find_patient"
    caller:expect_heard("One moment", { after = "700ms", within = "1s" })
    app:expect_tool("find_patient", { output = test.has "taking longer", within = "10s" })
  end)

test.scenario("nobody is told what medicine to take", function(caller, model, app)
  caller:says "My tooth hurts. What can I take?"
  model:says "Take two hundred milligrams of ibuprofen."
  app:expect_guardrail "words"
  model:says "I cannot say, but a dentist will call you back."
  caller:expect_heard "call you back"
end)

test.scenario("visits are told once the record is open", function(caller, model, app)
  app.http:on("GET /patients/22/appointments"):replies { json = { appointments = {
    { starts = "2027-03-02T10:00", dentist = "Dr Shah", reason = "Check-up" } } } }
  caller:says "When do I come next?"
  model:calls("list_appointments", {})
  app:expect_tool("list_appointments", { output = test.has "No record is open" })
  model:says "May I have your name and date of birth?"
  caller:says(said)
  model:calls("find_patient", asked)
  model:calls("list_appointments", {})
  app:expect_tool("list_appointments", { output = test.has "Dr Shah" })
  model:says "On the second of March at ten, with Doctor Shah."
  caller:expect_heard "Doctor Shah"
end)

test.scenario("visits that cannot be had are put in words", { tags = { "error" } },
  function(caller, model, app)
    app.http:on("GET /patients/22/appointments"):fails(500)
    caller:says(said)
    model:calls("find_patient", asked)
    model:calls("list_appointments", {})
    app:expect_tool("list_appointments", { output = test.has "cannot reach the records" })
    model:says "I cannot see your visits right now."
    caller:expect_heard "cannot see"
  end)

test.scenario("today is looked up, by the practice's clock", { at = "2026-11-20 09:00" },
  function(caller, model, app)
    caller:says "What is the date today?"
    model:calls("datetime", {})
    app:expect_tool("datetime", { output = { date = "2026-11-20", weekday = "Friday" } })
    model:says "Friday the twentieth."
    caller:expect_heard "Friday"
  end)
