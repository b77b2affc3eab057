-- catalogue.lua - each of the supervisor's functions: what it asks of the records, that it touches
-- no record that is not open, and what it says when the records do not answer or do not want to.
local test = require "myna.test"

local sam = { id = 22, name = "Sam Latif", born = "1980-05-01", phone = "020 7946 0103" }
local visit = { id = 501, starts = "2027-03-02T10:00", dentist = "Dr Shah" }

-- { function, arguments, request, what goes with it, what comes back, what the model reads of it }
local nouns = {
  patients = {
    { "find_patient", { name = "Sam Latif", born = "1980-05-01" }, "GET /patients",
      { query = { name = "Sam Latif", born = "1980-05-01" } }, sam, { found = true, id = 22 } },
    { "register_patient", { name = "Eve Hill", born = "1990-01-01", phone = "020 7946 0999" },
      "POST /patients", { json = { name = "Eve Hill" } }, { id = 42, name = "Eve Hill" },
      { registered = true } },
  },
  record = {
    { "get_record", {}, "GET /patients/22", {}, sam },
    { "update_contact", { phone = "020 7946 0200" }, "PATCH /patients/22",
      { json = { phone = "020 7946 0200" } }, sam },
    { "set_reminders", { by = "email" }, "PUT /patients/22/reminders",
      { json = { by = "email" } }, { reminders = "email" } },
    { "list_family", {}, "GET /patients/22/family", {}, { children = {} } },
    { "get_recall", {}, "GET /patients/22/recall", {}, { months = 6 } },
    { "set_recall", { months = 12 }, "PUT /patients/22/recall", { json = { months = 12 } },
      { months = 12 } },
    { "stop_recall", {}, "DELETE /patients/22/recall", {}, { last_visit = "2026-11-02" } },
    { "open_child_record", { child = 23 }, "GET /patients/22/family/23", {},
      { id = 23, name = "Sam Latif", born = "2009-08-17" }, { born = "2009-08-17" } },
  },
  visits = {
    { "list_appointments", {}, "GET /patients/22/appointments", {}, { appointments = { visit } } },
    { "list_past_visits", {}, "GET /patients/22/visits", {}, { visits = {} } },
    { "book_appointment", { starts = "2027-03-02T10:00", dentist = "Dr Shah", reason = "Pain" },
      "POST /patients/22/appointments", { json = { reason = "Pain", urgent = false } }, visit },
    { "move_appointment", { appointment = 501, starts = "2027-03-03T09:30" },
      "PATCH /patients/22/appointments/501", { json = { starts = "2027-03-03T09:30" } }, visit },
    { "cancel_appointment", { appointment = 501 }, "DELETE /patients/22/appointments/501", {},
      { cancelled = true, fee_pounds = 0 } },
    { "confirm_appointment", { appointment = 501 },
      "PUT /patients/22/appointments/501/confirmation", {}, { confirmed = true } },
    { "report_late", { appointment = 501, minutes = 10 },
      "PUT /patients/22/appointments/501/delay", { json = { minutes = 10 } }, { noted = true } },
  },
  slots = {
    { "find_slots", { day = "2027-03-02", days = 3 }, "GET /slots",
      { query = { day = "2027-03-02", days = "3", part = "any" } }, { slots = { visit } } },
    { "find_next_slot", { dentist = "Dr Shah" }, "GET /slots/next",
      { query = { dentist = "Dr Shah" } }, { slot = visit } },
    { "find_emergency_slot", {}, "GET /slots/emergency", {}, { slot = visit } },
  },
  waiting = {
    { "join_waiting_list", { first_day = "2027-01-05", last_day = "2027-02-01" },
      "POST /patients/22/waiting", { json = { first_day = "2027-01-05" } }, { place = 1 } },
    { "get_waiting_place", {}, "GET /patients/22/waiting", {}, { place = 1 } },
    { "leave_waiting_list", {}, "DELETE /patients/22/waiting", {}, { waiting = false } },
  },
  money = {
    { "list_invoices", {}, "GET /patients/22/invoices", {}, { invoices = {} } },
    { "get_invoice", { invoice = 1052 }, "GET /patients/22/invoices/1052", {}, { pounds = 86.5 } },
    { "send_invoice", { invoice = 1052 }, "POST /patients/22/invoices/1052/copies", {},
      { sent_to = "sam@example.com" } },
    { "query_invoice", { invoice = 1052, words = "Not mine." },
      "POST /patients/22/invoices/1052/queries", { json = { words = "Not mine." } },
      { query = 903 } },
    { "list_payments", {}, "GET /patients/22/payments", {}, { payments = {} } },
    { "get_balance", {}, "GET /patients/22/balance", {}, { pounds = 86.5 } },
    { "send_payment_link", { invoice = 1052 }, "POST /patients/22/invoices/1052/links", {},
      { pounds = 86.5 } },
  },
  insurance = {
    { "list_insurance", {}, "GET /patients/22/policies", {}, { policies = {} } },
    { "add_insurance", { insurer = "Oakshield", number = "OS-1" }, "POST /patients/22/policies",
      { json = { insurer = "Oakshield", number = "OS-1" } }, { id = 73 } },
    { "end_insurance", { policy = 71 }, "DELETE /patients/22/policies/71", {}, { ended = true } },
    { "check_cover", { code = "FILL" }, "GET /patients/22/cover", { query = { code = "FILL" } },
      { percent = 50 } },
  },
  care = {
    { "list_treatments", {}, "GET /treatments", {}, { treatments = {} } },
    { "get_treatment", { code = "ROOT" }, "GET /treatments/ROOT", {}, { pounds = 320 } },
    { "get_treatment_plan", {}, "GET /patients/22/plan", {}, { steps = {} } },
    { "ask_for_prescription", { medicine = "Toothpaste", words = "As last time." },
      "POST /patients/22/prescriptions", { json = { medicine = "Toothpaste" } },
      { request = 904 } },
    { "list_prescription_requests", {}, "GET /patients/22/prescriptions", {}, { requests = {} } },
    { "ask_for_referral", { specialty = "oral surgery", words = "A wisdom tooth." },
      "POST /patients/22/referrals", { json = { specialty = "oral surgery" } }, { request = 905 } },
    { "list_referrals", {}, "GET /patients/22/referrals", {}, { requests = {} } },
    { "list_documents", {}, "GET /patients/22/documents", {}, { documents = {} } },
    { "send_document", { document = 802 }, "POST /patients/22/documents/802/copies", {},
      { sent_to = "sam@example.com" } },
  },
  house = {
    { "get_office", {}, "GET /office", {}, { name = "Barton Dental" } },
    { "get_office_day", { day = "2026-12-25" }, "GET /office/day",
      { query = { day = "2026-12-25" } }, { open = false } },
    { "list_staff", { role = "dentist" }, "GET /staff", { query = { role = "dentist" } },
      { staff = {} } },
    { "get_rota", { day = "2026-11-23" }, "GET /rota", { query = { day = "2026-11-23" } },
      { at_work = {} } },
    { "list_rooms", { step_free = true }, "GET /rooms", { query = { step_free = "true" } },
      { rooms = {} } },
    { "leave_message", { name = "Eve", phone = "020 7946 0999", words = "Call me." },
      "POST /messages", { json = { words = "Call me." } }, { request = 906 } },
  },
}

-- The voice asks the supervisor, and it calls all of these at once.
local function calls(caller, model, app, rows)
  caller:says "Please see to it."
  model:calls("ask_supervisor", { request = "Please see to it." })
  local all = {}
  for i, row in ipairs(rows) do all[i] = { row[1], row[2] } end
  app.text_model:responds { calls = all }
  app.text_model:says "That is seen to."
end

local function answered(caller, model, app)
  app:expect_tool("ask_supervisor", { output = "That is seen to." })
  model:says "It is done."
  caller:expect_heard "it is done"
end

test.before(function(_, _, app)
  app.http:on("GET /office/context"):replies { json = { today = "Friday, 2026-11-20" } }
end)

local count = 0
for noun, rows in pairs(nouns) do
  count = count + #rows

  test.scenario(noun .. ": each function is one request", { state = { patient = sam } },
    function(caller, model, app)
      for _, row in ipairs(rows) do app.http:on(row[3]):replies { json = row[5] } end
      calls(caller, model, app, rows)
      for _, row in ipairs(rows) do
        app:expect_http(row[3], row[4])
        app:expect_tool(row[1], { output = row[6] or row[5] })
      end
      answered(caller, model, app)
    end)

  test.scenario(noun .. ": records that fail are put in words",
    { state = { patient = sam }, tags = { "error" } }, function(caller, model, app)
      for _, row in ipairs(rows) do app.http:on(row[3]):fails(500) end
      calls(caller, model, app, rows)
      for _, row in ipairs(rows) do
        app:expect_tool(row[1], { output = test.has "cannot reach the records" })
      end
      answered(caller, model, app)
    end)

  local closed = {}
  for _, row in ipairs(rows) do
    if row[3]:find "/22" then closed[#closed + 1] = row end
  end
  if closed[1] then
    test.scenario(noun .. ": nobody's record is touched before one is open",
      { tags = { "error" } }, function(caller, model, app)
        calls(caller, model, app, closed) -- no request is expected, so one would fail this
        for _, row in ipairs(closed) do
          app:expect_tool(row[1], { output = test.matches "record" })
        end
        answered(caller, model, app)
      end)
  end
end
assert(count == 49, count)

local refusals = { -- { function, arguments, request, status, error_code, what is said of it }
  { "register_patient", { name = "Sam Latif", born = "1980-05-01", phone = "020 7946 0103" },
    "POST /patients", 409, "patient_exists", "can be opened instead" },
  { "set_reminders", { by = "email" }, "PUT /patients/22/reminders", 409, "no_email",
    "no email address" },
  { "set_recall", { months = 5 }, "PUT /patients/22/recall", 400, "invalid_choice",
    "asked for once more" },
  { "move_appointment", { appointment = 501, starts = "2027-03-06T10:00" },
    "PATCH /patients/22/appointments/501", 400, "outside_hours", "Monday to Friday" },
  { "cancel_appointment", { appointment = 502 }, "DELETE /patients/22/appointments/502", 404,
    "appointment_not_found", "nothing like that" },
  { "report_late", { appointment = 501, minutes = 40 },
    "PUT /patients/22/appointments/501/delay", 409, "too_late", "must be moved" },
  { "join_waiting_list", { first_day = "2027-01-05", last_day = "2027-02-01" },
    "POST /patients/22/waiting", 409, "waits_already", "already" },
  { "send_payment_link", { invoice = 1041 }, "POST /patients/22/invoices/1041/links", 409,
    "paid_already", "is paid" },
  { "add_insurance", { insurer = "Moonshield", number = "1" }, "POST /patients/22/policies", 404,
    "insurer_not_found", "does not work with" },
  { "ask_for_prescription", { medicine = "Toothpaste", words = "Again." },
    "POST /patients/22/prescriptions", 409, "asked_already", "yet to decide" },
  { "get_treatment", { code = "GOLD" }, "GET /treatments/GOLD", 404, "treatment_not_found",
    "nothing like that" },
  { "send_document", { document = 803 }, "POST /patients/22/documents/803/copies", 429, "busy",
    "busy just now" },
  { "get_office", {}, "GET /office", 409, "something_new", "as things stand" },
}

test.scenario("what the records refuse is said so that it can be helped",
  { state = { patient = sam }, tags = { "error" } }, function(caller, model, app)
    for _, row in ipairs(refusals) do
      app.http:on(row[3]):replies { status = row[4], json = { error_code = row[5] } }
    end
    calls(caller, model, app, refusals)
    for _, row in ipairs(refusals) do
      app:expect_tool(row[1], { output = test.has(row[6]) })
    end
    answered(caller, model, app)
  end)

test.scenario("arguments that cannot be meant never reach the records",
  { state = { patient = sam }, tags = { "error" } }, function(caller, model, app)
    local wrong = {
      { "book_appointment", { starts = "Tuesday at ten", dentist = "Dr Shah", reason = "Pain" } },
      { "cancel_appointment", { appointment = "the next one" } },
      { "set_reminders", { by = "pigeon" } },
      { "update_contact", { email = "sam at example" } },
      { "get_treatment", { code = "../patients" } },
      { "get_record", { patient = 7 } }, -- nobody chooses another record by its number
      { "find_slots", { day = "2027-03-02", days = 400 } },
    }
    calls(caller, model, app, wrong)
    for _, row in ipairs(wrong) do
      app:expect_tool(row[1], { output = test.has "not accepted" })
    end
    answered(caller, model, app)
  end)
