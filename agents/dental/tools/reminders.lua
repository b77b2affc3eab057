-- reminders.lua - what comes by itself: the call to the next check-up, and a visit that gets free.
local myna = require "myna"
local rows = require "tools.rows"
local s = myna.schema

return rows {
  { "get_recall", "How often the patient is called for a check-up, and their last visit.",
    "GET /patients/{patient}/recall" },
  { "set_recall", "Change how often they are called.",
    "PUT /patients/{patient}/recall",
    { months = s.integer("Every so many months: 3, 6, 9, 12, 18 or 24",
      { minimum = 3, maximum = 24 }) } },
  { "stop_recall", "Stop calling them for check-ups, after a yes.",
    "DELETE /patients/{patient}/recall" },
  { "join_waiting_list", "Put them on the list for a visit that gets free between two days.",
    "POST /patients/{patient}/waiting",
    { first_day = s.date "From when", last_day = s.date "Until when" } },
  { "get_waiting_place", "Their place on the waiting list.",
    "GET /patients/{patient}/waiting" },
  { "leave_waiting_list", "Take them off the waiting list.",
    "DELETE /patients/{patient}/waiting" },
}
