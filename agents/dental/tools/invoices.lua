-- invoices.lua - what a patient was charged, and what is still open.
local myna = require "myna"
local clinic = require "tools.clinic"
local s = myna.schema

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

local agree_instalments = myna.tool {
  name = "agree_instalments",
  description = "Let the patient pay in monthly instalments, if the practice agrees.",
  parameters = { months = s.integer("How many months", { minimum = 2, maximum = 12 }) },
  needs_approval = true, -- by whoever minds the desk; silence is a no
  filler = { say = "I am asking the practice.", after = "1s", every = "15s", max = 4 },
  execute = function(args, ctx)
    ctx.state.instalments = args.months
    ctx.log:info("instalments agreed", { months = args.months })
    return { agreed = true, months = args.months }
  end,
}

return { list_invoices = list_invoices, agree_instalments = agree_instalments }
