-- invoices.lua - what a patient was charged, and what is still open.
local myna = require "myna"
local clinic = require "tools.clinic"

local list_invoices = myna.tool {
  name = "list_invoices",
  description = "List the invoices of the patient whose record is open, newest first.",
  execute = function(_, ctx)
    if not ctx.state.patient then return myna.fail "No record is open. Lexi can find it." end
    return clinic:get("/patients/" .. ctx.state.patient.id .. "/invoices"):data()
  end,
}

return { list_invoices }
