-- money.lua - invoices, payments, insurance and prices. list_invoices is in invoices.lua, for the
-- voice of Billing has it, too.
local myna = require "myna"
local rows = require "tools.rows"
local s = myna.schema

local invoice = s.integer "Its number"
local code = s.string("From list_treatments, as FILL", { pattern = "^[A-Z]{2,10}$" })

return rows {
  { "get_invoice", "One invoice of the patient's, by its number.",
    "GET /patients/{patient}/invoices/{invoice}", { invoice = invoice } },
  { "send_invoice", "Send an invoice again, to the email address on the record.",
    "POST /patients/{patient}/invoices/{invoice}/copies", { invoice = invoice } },
  { "query_invoice", "Have the practice look at an invoice the patient does not agree with.",
    "POST /patients/{patient}/invoices/{invoice}/queries",
    { invoice = invoice, words = s.string("What is wrong with it", { max_length = 500 }) } },
  { "list_payments", "What the patient has paid, newest first.",
    "GET /patients/{patient}/payments" },
  { "get_balance", "What the patient owes in all.",
    "GET /patients/{patient}/balance" },
  { "send_payment_link", "Send a link to pay an open invoice, to the number on the record.",
    "POST /patients/{patient}/invoices/{invoice}/links", { invoice = invoice } },
  { "list_insurance", "The policies on the record.",
    "GET /patients/{patient}/policies" },
  { "add_insurance", "Add a policy, its number read back and confirmed.",
    "POST /patients/{patient}/policies",
    { insurer = s.string("Whose", { max_length = 80 }),
      number = s.string("Its number", { max_length = 40 }) } },
  { "end_insurance", "Take a policy off the record, after a yes.",
    "DELETE /patients/{patient}/policies/{policy}",
    { policy = s.integer "Its id, from list_insurance" } },
  { "check_cover", "What the patient pays of a treatment, and what their insurer does.",
    "GET /patients/{patient}/cover", { code = code } },
  { "list_treatments", "Treatments with price and length.",
    "GET /treatments" },
  { "get_treatment", "Price and length of one treatment.",
    "GET /treatments/{code}", { code = code } },
}
