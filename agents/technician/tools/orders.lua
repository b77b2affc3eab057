-- orders.lua - a technician's work orders: which there are, and what is done with one.
local myna = require "myna"
local office = require "tools.office"
local s = myna.schema

local looking = { after = "800ms", say = "Lo miro.", every = "6s", max = 2 }
local number = s.integer("Number of the order", { minimum = 1 })

--- The order in hand, for the prompt and for tools that name none.
local function keep(ctx, order)
  ctx.state.order = order.status ~= "finished" and order.id or nil
  return order
end

local list_orders = myna.tool {
  name = "list_orders",
  description = "The technician's own work orders of today, in the order they are planned.",
  filler = looking,
  execute = function(_, ctx) return office.http:get(office.path(ctx, "/orders")):data() end,
}

local show_order = myna.tool {
  name = "show_order",
  description = "All of one work order: address, customer, fault, safety, notes, parts used.",
  parameters = { order = number },
  filler = looking,
  execute = function(args, ctx)
    return office.http:get(office.path(ctx, "/orders/" .. args.order)):data()
  end,
}

local start_order = myna.tool {
  name = "start_order",
  description = "Start work on an order: the clock runs from now.",
  parameters = { order = number },
  execute = function(args, ctx)
    return keep(ctx, office.http:post(office.path(ctx, "/orders/" .. args.order .. "/start"),
      { idempotent = true, json = {} }):data())
  end,
}

local add_note = myna.tool {
  name = "add_note",
  description = "Write a note into an order, in the technician's words.",
  parameters = { order = number,
    text = s.string("The note, in Spanish", { min_length = 3, max_length = 500 }) },
  execute = function(args, ctx)
    return office.http:post(office.path(ctx, "/orders/" .. args.order .. "/notes"),
      { idempotent = true, json = { text = args.text } }):data()
  end,
}

local finish_order = myna.tool {
  name = "finish_order",
  description = "Close an order, once the technician has heard the summary and said yes.",
  parameters = { order = number,
    summary = s.string("What was done, in one or two sentences",
      { min_length = 10, max_length = 500 }) },
  execute = function(args, ctx)
    return keep(ctx, office.http:post(office.path(ctx, "/orders/" .. args.order .. "/finish"),
      { idempotent = true, json = { summary = args.summary } }):data())
  end,
}

return { list_orders, show_order, start_order, add_note, finish_order }
