-- orders.lua - orders that were made, and labels for what comes back.
local myna = require "myna"
local shop = require "tools.shop"
local s = myna.schema

local list_orders = myna.tool {
  name = "list_orders",
  description = "The caller's orders, newest first, with what was in them.",
  execute = function(_, ctx)
    return shop.http:get("/customers/" .. shop.customer(ctx).id .. "/orders"):data()
  end,
}

local start_return = myna.tool {
  name = "start_return",
  description = "Make the label for something that judge_return allowed back, after a yes.",
  parameters = {
    order = s.integer "Number of the order", sku = s.string "Which thing of it",
  },
  execute = function(args, ctx)
    local customer = shop.customer(ctx)
    local allowed = (ctx.state.allowed or {})[args.order .. " " .. args.sku]
    if not allowed then return myna.fail "judge_return has not allowed that." end
    local res = shop.http:post("/returns", { idempotent = true,
      json = { customer = customer.id, order = args.order, sku = args.sku, reason = allowed } })
    if res.status == 409 then return { label = "sent before", again = true } end
    return { label = res:data().label }
  end,
}

return { list_orders, start_return }
