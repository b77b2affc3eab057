-- patients.lua - a look-up over HTTP.
local myna = require "myna"
local s = myna.schema

local clinic = myna.http.client {
  base_url = "http://clinic.test/api/",
  bearer = myna.secret("CLINIC_KEY", "very-secret-key"),
  timeout = { connect = "1s", total = "6s" },
  words = {
    [429] = "We are busy.",
    ["5xx"] = "It is broken.",
    [400] = function(res) return "No: " .. res:json().why end,
    timeout = "It takes too long.",
    other = "I cannot reach the records.",
  },
}

local find_patient = myna.tool {
  name = "find_patient",
  description = "Find a patient.",
  timeout = "4s",
  on_interrupt = "cancel",
  parameters = {
    name = s.string "Full name",
    born = s.date "Date of birth",
    site = s.enum("Which practice", { "north", "south" }):optional(),
    limit = s.integer("How many", { minimum = 1, maximum = 9 }):default(3),
  },
  execute = function(args, ctx)
    local res = clinic:get("/patients", { query = args })
    if res.status == 404 then return { found = false } end
    ctx.state.patient = res:data()
    ctx.state.visits = ctx.state.visits + 1
    return ctx.state.patient
  end,
}

return { find_patient }
