-- fields.lua - what several tools ask the model for, in the same words.
local myna = require "myna"
local s = myna.schema

return {
  date = s.date "Day, YYYY-MM-DD; from datetime when the caller says tonight or Friday",
  time = s.string("Time, HH:MM, of 24 hours", { pattern = "^[0-2][0-9]:[0-5][0-9]$" }),
  party_size = s.integer("How many people come", { minimum = 1, maximum = 500 }),
  name = s.string("Name, as the caller said it", { min_length = 1, max_length = 200 }),
  phone = s.string("Telephone number, digits", { min_length = 6, max_length = 30 }),
}
