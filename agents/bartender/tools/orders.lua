-- orders.lua - orders: placed, changed, taken back. What the bar refuses is an answer, not a fault.
local myna = require "myna"
local bar = require "tools.bar"
local s = myna.schema

local refusals = { -- by the till's error_code
  ID_REQUIRED = { "id_required", "An ID must be checked before anything with alcohol." },
  SOLD_OUT = { "sold_out", "There is not enough of it left." },
  NOT_ON_MENU = { "not_on_menu", "It is not on the menu." },
  ENOUGH = { "enough", "That is the limit for this hour. Nothing more with alcohol." },
  SERVED = { "served", "It stands on the bar already." },
}

--- The till's answer as the model and clients read it; what is no refusal of the bar's raises.
local function told(res, status)
  local well, body = pcall(res.json, res)
  local refused = well and type(body) == "table" and refusals[body.error_code]
  if refused then return { status = "refused", reason = refused[1], message = refused[2] } end
  local order = res:data()
  return { status = status, order = order.order, item = order.item, quantity = order.quantity,
    total = order.total }
end

local place_order = myna.tool {
  name = "place_order",
  description = "Order a drink of the menu, once the guest has said yes to it.",
  parameters = {
    item = s.string("As it stands on the menu", { min_length = 1, max_length = 80 }),
    quantity = s.integer("How many", { minimum = 1, maximum = 12 }):default(1),
  },
  timeout = "15s", filler = { after = "900ms", say = "Coming up." },
  execute = function(args, ctx)
    local order = told(bar:post("/orders", { idempotent = true, json = { item = args.item,
      quantity = args.quantity, guest = ctx.private.guest } }), "order_placed")
    if order.order then
      ctx.private.orders = ctx.private.orders or {}
      ctx.private.orders[order.order] = true
    end
    return order
  end,
}

local change_order = myna.tool {
  name = "change_order",
  description = "Change how many of an order of this call, as long as it is not served.",
  parameters = {
    order = s.integer "Its number, from place_order",
    quantity = s.integer("How many instead; 0 takes it back", { minimum = 0, maximum = 12 }),
  },
  timeout = "15s", filler = { after = "900ms", say = "I change that." },
  execute = function(args, ctx)
    if not (ctx.private.orders or {})[args.order] then
      return { status = "refused", reason = "no_such_order",
        message = "Not an order of this call." }
    end
    return told(bar:patch("/orders/" .. args.order, { idempotent = true,
      json = { quantity = args.quantity } }), args.quantity == 0 and "order_cancelled"
      or "order_changed")
  end,
}

return { place_order, change_order }
