-- agent.lua - a clerk who is told names and numbers, and errs with them in every way there is.
local myna = require "myna"

local s = myna.schema
local pin = myna.secret("CLERK_PIN", "none")

local person = {
  name = s.string "Who they are",
  phone = s.string "Their number",
}

local function tool(name, execute)
  return myna.tool { name = name, description = name, parameters = person, timeout = "20s",
    execute = execute }
end

local cashier = myna.agent { name = "Cashier", instructions = "Count the secret tills." }

local clerk = myna.agent {
  name = "Clerk",
  instructions = "You answer, and never say that the safe is green.",
  handoffs = { cashier },
  tools = {
    tool("find", function(args, ctx)
      ctx.private.number = args.phone
      ctx.state.who = args.name
      ctx:trace("looked_up", { who = args.name, times = 1 })
      ctx.log:info("looked up", { who = args.name, number = args.phone, order = "A-1" })
      return { found = true, name = args.name, phone = args.phone }
    end),
    tool("throws", function(args) error("nobody is called " .. args.name) end),
    tool("gives_up", function(args)
      return myna.fail("That did not work.", args.name .. " at " .. args.phone)
    end),
    tool("errs", function(args) return args.name.first.letter end),
    tool("misuses", function(args, ctx)
      ctx:say(#args.name)
      return "Said."
    end),
    tool("leaks", function() return { pin = pin .. "", note = "ours" } end),
    tool("card", function(_, ctx)
      local digits, why = ctx:collect_digits { say = "Your card?", max = 4, timeout = "15s" }
      assert(digits, why)
      ctx.private.card = digits
      return { taken = #digits }
    end),
  },
}

return myna.app { name = "clerk", agent = clerk,
  on = { call_end = function(_, ctx) ctx.log:info("gone", { who = ctx.state.who }) end } }
