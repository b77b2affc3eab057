-- sales.lua - what may be bought: finding it, a cart, an order.
local myna = require "myna"

return myna.agent {
  name = "Sales",
  handoff_description = "Products, prices, stock, and new orders.",
  instructions = myna.file "prompts/sales.md",
  tools = { require "tools.products" },
  handoffs = "all",
  output_guardrails = {
    myna.guardrails.words { "discount", policy_hint = "prices are what the list says" },
  },
}
