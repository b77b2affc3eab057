-- patients.lua - Lexi opens a record: found, not found, the records down, the records slow.
local test = require "myna.test"

local said = "Sam Latif, born the first of May 1980."
local asked = { name = "Sam Latif", born = "1980-05-01" }

test.scenario("a patient is found", function(caller, model, app)
  app.http:on("GET /patients"):replies { json = { id = 22, name = "Sam Latif" } }
  caller:expect_heard "this is Lexi"
  caller:says(said)
  model:calls("find_patient", asked)
  app:expect_tool("find_patient", { output = { found = true, id = 22 } })
  model:says "I found you, Sam. What can I do for you?"
  caller:expect_heard("found you", { within = "5s" })
  app:expect_state { patient = { id = 22 } }
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
    app.http:on("GET /patients"):replies { status = 503, json = { error_code = "unavailable" } }
    caller:says(said)
    model:calls("find_patient", asked)
    app:expect_tool("find_patient", { output = test.has "cannot reach the records" })
    model:says "I cannot reach the records right now."
    caller:expect_heard "cannot reach the records"
  end)

test.scenario("records that are slow do not hold the call", { tags = { "error" } },
  function(caller, model, app)
    app.http:on("GET /patients"):stalls()
    caller:says(said)
    model:calls("find_patient", asked)
    app:expect_tool_started "find_patient"
    app:expect_tool("find_patient", { output = test.has "taking longer", within = "10s" })
    model:says "The records are slow today. Shall I try again?"
    caller:expect_heard "try again"
  end)
