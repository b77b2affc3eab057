-- billing.lua - the second agent: what was charged, what is open. It looks up; it takes no money.
local myna = require "myna"
local invoices = require "tools.invoices"

return myna.agent {
  name = "Billing",
  handoff_description = "Answers questions about invoices, charges and payments.",
  instructions = myna.file "prompts/billing.md",
  tools = { invoices.list_invoices, invoices.agree_instalments, require "tools.supervisor" },
  handoffs = { "Lexi" },
}
