-- care.lua - what was planned and written, and what patients ask a dentist for. Prescriptions and
-- referrals are requests: a dentist reads them and decides.
local myna = require "myna"
local rows = require "tools.rows"
local s = myna.schema

local words = s.string("What the caller says to it", { min_length = 1, max_length = 500 })

return rows {
  { "get_treatment_plan", "What was planned with the patient, and what of it is done.",
    "GET /patients/{patient}/plan" },
  { "ask_for_prescription", "Ask a dentist for a repeat of what they prescribed before.",
    "POST /patients/{patient}/prescriptions",
    { medicine = s.string("As the caller named it", { max_length = 100 }), words = words } },
  { "list_prescription_requests", "What was asked for, and what came of it.",
    "GET /patients/{patient}/prescriptions" },
  { "ask_for_referral", "Ask a dentist to refer the patient to a specialist.",
    "POST /patients/{patient}/referrals",
    { specialty = s.enum("To whom",
      { "orthodontics", "oral surgery", "endodontics", "periodontics" }), words = words } },
  { "list_referrals", "Referrals that were asked for, and what came of them.",
    "GET /patients/{patient}/referrals" },
  { "list_documents", "Letters, estimates and X-rays on the record.",
    "GET /patients/{patient}/documents" },
  { "send_document", "Send one of them to the email address on the record.",
    "POST /patients/{patient}/documents/{document}/copies",
    { document = s.integer "Its id, from list_documents" } },
}
