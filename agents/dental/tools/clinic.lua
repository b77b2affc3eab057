-- clinic.lua - the way to the practice's records; the pool behind it is shared by all calls.
local myna = require "myna"

local by_code = { -- of a refusal: what can be done about it
  slot_taken = "That time has just gone. Other times must be offered.",
  patient_busy = "They have a visit at that time already.",
  not_at_work = "That dentist does not work on that day.",
  kept_for_emergencies = "That half hour is kept for emergencies.",
  closed = "The practice is closed on that day.",
  outside_hours = "Visits begin on the half hour, Monday to Friday, from eight to half past five.",
  past_time = "That time is past already.",
  too_far = "The book is open for one year ahead.",
  too_late = "After more than fifteen minutes the visit must be moved.",
  patient_exists = "There is a record of that name and date of birth. It can be opened instead.",
  no_email = "There is no email address on the record. One can be added.",
  waits_already = "They are on the waiting list already.",
  waiting_not_found = "They are not on the waiting list.",
  paid_already = "That invoice is paid.",
  query_open = "That invoice is being looked at already.",
  policy_exists = "That policy is on a record already.",
  insurer_not_found = "The practice does not work with that insurer.",
  asked_already = "They have asked for that already; a dentist has yet to decide.",
}

local by_status = {
  [400] = "That cannot be right. The details must be asked for once more.",
  [404] = "There is nothing like that on the record.",
  [409] = "That cannot be done as things stand.",
}

local function refused(res)
  local well, body = pcall(res.json, res)
  local code = well and type(body) == "table" and body.error_code
  return by_code[code] or by_status[res.status]
end

return myna.http.client {
  base_url = myna.env("CLINIC_URL", "http://127.0.0.1:8081"),
  timeout = { connect = "2s", total = "6s" },
  pool = { connections = 10, keep = 5, keep_for = "30s" },
  words = { -- what a failure sounds like; the log has the rest
    [400] = refused, [404] = refused, [409] = refused,
    [429] = "We are busy just now. Please give me a moment.",
    timeout = "The records are taking longer than they should.",
    other = "I cannot reach the records right now.",
  },
}
