-- message.lua - what a colleague finds in the morning: kept for good, whoever hangs up.
local myna = require "myna"
local s = myna.schema

local messages = myna.store "messages"

return myna.tool {
  name = "leave_message",
  description = "Keep a message for a colleague, who calls back.",
  parameters = {
    name = s.string("Who", { min_length = 1, max_length = 100 }),
    phone = s.string("Number", { min_length = 6, max_length = 30 }),
    matter = s.string("What it is about", { min_length = 3, max_length = 1000 }),
  },
  execute = function(args, ctx)
    local kept, why = messages:add { name = args.name, phone = args.phone, matter = args.matter,
      customer = ctx.state.customer and ctx.state.customer.id }
    if not kept then return myna.fail("The message could not be kept. Offer our number.", why) end
    return { kept = true }
  end,
}
