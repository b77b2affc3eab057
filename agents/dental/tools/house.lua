-- house.lua - the practice itself, for anybody who calls: hours, people, rooms, and a message.
local myna = require "myna"
local rows = require "tools.rows"
local s = myna.schema

return rows {
  { "get_office", "Address, parking, hours, and the days it is closed.",
    "GET /office" },
  { "get_office_day", "Whether the practice is open on a day.",
    "GET /office/day", { day = s.date "Which" } },
  { "list_staff", "Who works here, and on which days.",
    "GET /staff",
    { role = s.enum("Only these", { "dentist", "hygienist", "manager" }):optional() } },
  { "get_rota", "Who treats patients on a day, and in which room.",
    "GET /rota", { day = s.date "Which" } },
  { "list_rooms", "The rooms, their equipment, and how to get to them.",
    "GET /rooms", { step_free = s.boolean("Only without steps"):optional() } },
  { "leave_message", "Leave word for the practice, from anybody.",
    "POST /messages",
    { name = s.string("Whose", { max_length = 200 }),
      phone = s.string("Number to call back", { min_length = 6, max_length = 30 }),
      words = s.string("What about", { min_length = 1, max_length = 500 }) } },
}
