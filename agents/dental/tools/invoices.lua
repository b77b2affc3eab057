-- invoices.lua - what a patient was charged, and what is still open.
local myna = require "myna"
local clinic = require "tools.clinic"

local list_invoices = myna.tool {
  name = "list_invoices",
  description = "List the invoices of the patient whose record is open, newest first.",
  execute = function(_, ctx)
    if not ctx.state.patient then return myna.fail "No record is open. Lexi can find it." end
    local res = clinic:get("/patients/" .. ctx.state.patient.id .. "/invoices")
    local told = myna.array {} -- what the model needs to speak of, and no more
    for i, invoice in ipairs(res:data().invoices) do
      told[i] = { treatment = invoice.treatment, pounds = invoice.pounds, status = invoice.status }
    end
    return { invoices = told }
  end,
}

return { list_invoices }
