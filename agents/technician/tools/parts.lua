-- parts.lua - parts: what the van and the store have, and what went into an order.
local myna = require "myna"
local office = require "tools.office"
local s = myna.schema

local find_parts = myna.tool {
  name = "find_parts",
  description = "Search spare parts by name or code: how many there are, and on which shelf.",
  parameters = { words = s.string("Words", { min_length = 2, max_length = 80 }) },
  filler = { after = "800ms", say = "Miro en el almacén.", every = "6s", max = 2 },
  execute = function(args)
    return office.http:get("/parts", { query = { words = args.words } }):data()
  end,
}

local use_part = myna.tool {
  name = "use_part",
  description = "Book a part onto an order that is started.",
  parameters = { order = s.integer("Number of the order", { minimum = 1 }),
    code = s.string("Code of the part", { pattern = "^[A-Z]{2,4}-[0-9]{1,4}$" }),
    amount = s.integer("How many", { minimum = 1, maximum = 20 }):default(1) },
  execute = function(args, ctx)
    return office.http:post(office.path(ctx, "/orders/" .. args.order .. "/parts"),
      { idempotent = true, json = { code = args.code, amount = args.amount } }):data()
  end,
}

return { find_parts, use_part }
