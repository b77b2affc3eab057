-- patients.lua - who is calling, and when they come next.
local myna = require "myna"
local clinic = require "tools.clinic"
local tries = require "tools.tries"
local s = myna.schema

local find_patient = myna.tool {
  name = "find_patient",
  description = "Find a patient's record by name and date of birth.",
  parameters = {
    name = s.string "Full name, as the caller said it",
    born = s.date "Date of birth",
  },
  filler = { after = "700ms", say = "One moment while I look that up.", every = "6s", max = 2 },
  execute = function(args, ctx)
    local is_no_miss = tries(ctx)
    local res = clinic:get("/patients", { query = args }) -- waits; nobody's audio waits with it
    if res.status == 404 then return { found = false } end
    is_no_miss() -- only who is not there is one
    ctx.state.patient = res:data() -- any other failure leaves here, in the clinic's words
    return { found = true, id = ctx.state.patient.id, name = ctx.state.patient.name }
  end,
}

local list_appointments = myna.tool {
  name = "list_appointments",
  description = "List the coming appointments of the patient whose record is open.",
  execute = function(_, ctx)
    if not ctx.state.patient then return myna.fail "No record is open. Find the patient first." end
    return clinic:get("/patients/" .. ctx.state.patient.id .. "/appointments"):data()
  end,
}

return { find_patient, list_appointments }
