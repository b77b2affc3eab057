-- visits.lua - visits that were and will be, and when there is room for them.
local myna = require "myna"
local rows = require "tools.rows"
local s = myna.schema

local starts = s.string("Day and time, as 2027-03-02T10:00",
  { pattern = "^[0-9]{4}-[0-9]{2}-[0-9]{2}T[0-9]{2}:[0-9]{2}$" })
local dentist = s.string("Their name, as Dr Shah", { max_length = 80 })
local appointment = s.integer "Its id, from list_appointments"

return rows {
  { "list_past_visits", "When the patient was here, with whom, for what.",
    "GET /patients/{patient}/visits" },
  { "find_slots", "Free half hours from a day on, for so many days; at most twelve.",
    "GET /slots",
    { day = s.date "First day", days = s.integer("How many", { minimum = 1, maximum = 31 }),
      dentist = dentist:optional(),
      part = s.enum("Of the day", { "any", "morning", "afternoon" }):default "any" } },
  { "find_next_slot", "The very first free half hour.",
    "GET /slots/next", { dentist = dentist:optional() } },
  { "find_emergency_slot", "The next half hour kept for pain, swelling or a broken tooth.",
    "GET /slots/emergency" },
  { "book_appointment", "Book a free half hour, after the caller has said yes to day and time.",
    "POST /patients/{patient}/appointments",
    { starts = starts, dentist = dentist, reason = s.string("What for", { max_length = 200 }),
      urgent = s.boolean("One of find_emergency_slot"):default(false) } },
  { "move_appointment", "Move a visit to another free half hour, after a yes.",
    "PATCH /patients/{patient}/appointments/{appointment}",
    { appointment = appointment, starts = starts, dentist = dentist:optional() } },
  { "cancel_appointment", "Give a visit back, after a yes; under a day before it costs a fee.",
    "DELETE /patients/{patient}/appointments/{appointment}", { appointment = appointment } },
  { "confirm_appointment", "Note that the patient will come.",
    "PUT /patients/{patient}/appointments/{appointment}/confirmation",
    { appointment = appointment } },
  { "report_late", "Note that the patient comes so many minutes late.",
    "PUT /patients/{patient}/appointments/{appointment}/delay",
    { appointment = appointment,
      minutes = s.integer("How late", { minimum = 1, maximum = 240 }) } },
}
