-- billing.lua - the call moves to Billing, which looks up invoices, and back.
local test = require "myna.test"

local invoices = {
  { id = 1052, treatment = "Filling, upper left", pounds = 86.5, status = "open" },
}

test.scenario("an invoice is a matter for Billing", function(caller, model, app)
  app.http:on("GET /patients"):replies { json = { id = 22, name = "Sam Latif" } }
  app.http:on("GET /patients/22/invoices"):replies { json = { invoices = invoices } }
  caller:says "Sam Latif, born the first of May 1980."
  model:calls("find_patient", { name = "Sam Latif", born = "1980-05-01" })
  model:says "I found you, Sam."
  caller:says "I have a question about an invoice."
  model:hands_off "Billing"
  app:expect_handoff("Billing", { within = "1s" })
  model:says "Which one, Sam?"
  caller:expect_heard "which one"
  caller:says "What is still open?"
  model:calls("list_invoices", {})
  app:expect_tool("list_invoices", { output = test.has "Filling, upper left" })
  model:says "Eighty-six pounds fifty, for the filling."
  caller:expect_heard "eighty-six pounds fifty"
end)

test.scenario("Billing does not look without a record", function(caller, model, app)
  caller:says "What do I owe you?"
  model:hands_off "Billing"
  app:expect_handoff "Billing"
  model:calls("list_invoices", {})
  app:expect_tool("list_invoices", { output = test.has "No record is open" })
  model:hands_off "Lexi"
  app:expect_handoff "Lexi"
  model:says "May I have your name and date of birth?"
  caller:expect_heard "date of birth"
end)

test.scenario("instalments wait for the practice, in words", { silence = "12s" },
  function(caller, model, app)
    caller:says "May I pay that in parts?"
    model:hands_off "Billing"
    model:calls("agree_instalments", { months = 6 })
    app:expect_approval("agree_instalments", { args = { months = 6 } })
    caller:expect_heard "asking the practice"
    caller:waits "8s"
    app.operator:approves()
    app:expect_tool("agree_instalments", { output = { agreed = true } })
    app:expect_state { instalments = 6 }
    model:says "Yes, in six months."
    caller:expect_heard "six months"
  end)

test.data { name = "Billing takes an invoice", steps = {  -- the same verbs as data
  { "caller:says", "I have a question about an invoice." }, { "model:hands_off", "Billing" },
  { "app:expect_handoff", "Billing", { within = "1s" } }, { "model:says", "Which invoice?" },
  { "caller:expect_heard", "which" } } }
