-- agent.lua - agents whose answers are looked at: as they come, at their end, and before the ear.
local myna = require "myna"
local s = myna.schema

local no_prices = myna.guardrail {
  name = "prices",
  every_chars = 40,
  check = function(text)
    if text:find "pounds" then
      return myna.block { policy_hint = "no prices on the telephone", info = { about = "money" } }
    end
  end,
}

local no_oath = myna.guardrail { -- as the Agents SDK has it
  name = "oath",
  every_chars = false,
  check = function(text)
    return { tripwire_triggered = text:find "[Ss]wear" ~= nil, output_info = "an oath" }
  end,
}

local function slow(name, on_error)
  return myna.guardrail {
    name = name, on_error = on_error, timeout = "500ms",
    check = function(text)
      if text:find "slowly" then myna.sleep "1m" end
      if text:find "broken" then error "the check is broken" end
      if text:find "late" then
        myna.sleep "400ms"
        return myna.block { info = "late" }
      end
    end,
  }
end

local charge = myna.tool {
  name = "charge",
  description = "Charge an amount.",
  parameters = { amount = s.integer "In pounds" },
  input_guardrails = { myna.guardrail { name = "limit", check = function(call)
    if call.args.amount > 1000 then return myna.block { say = "Over a thousand is refused." } end
    if call.args.amount > 100 then return { args = { amount = 100 } } end
    if call.args.amount < 0 then return { args = { amount = "none" } } end
    if call.args.amount == 0 then error "nothing to charge" end
  end, on_error = "closed" } },
  output_guardrails = { myna.guardrail { name = "card", check = function(call)
    local safe, n = call.output:gsub("%d%d%d%d+", "hidden")
    if n > 0 then return { output = safe } end
    if call.output:find "7 pounds" then return myna.block { info = "seven" } end
  end } },
  execute = function(args, ctx)
    ctx.state.charged = args.amount
    if args.amount == 5 then return "charged 5 pounds to card 12345678" end
    return ("charged %d pounds"):format(args.amount)
  end,
}

local weigh = myna.tool {
  name = "weigh",
  description = "Weigh a parcel, slowly.",
  filler = { after = "500ms", say = "I am weighing it, it may be many pounds, so be patient." },
  execute = function()
    myna.sleep "4s"
    return "two kilograms"
  end,
}

return myna.app {
  name = "guarded",
  greeting = "This is the guarded desk.",
  agent = myna.agent {
    name = "Open", instructions = "Mind your words.", tools = { charge, weigh },
    output_guardrails = { no_prices, no_oath, slow("slow", "open") },
  },
  agents = {
    myna.agent { name = "Closed", output_guardrails = { slow("strict", "closed") } },
    myna.agent {
      name = "Held",
      output_guardrails = { myna.guardrails.words { "guarantee", "money back", hold = true,
        say = "I cannot promise that." }, myna.guardrails.length { max = 300 } },
    },
    myna.agent { name = "Slow", output_guardrails = { myna.guardrail {
      name = "pensive", hold = true, every_chars = 20,
      check = function(text)
        myna.sleep "900ms"
        if text:find "guarantee" then return myna.block { say = "I cannot promise that." } end
      end } } },
    myna.agent { name = "Stubborn", output_guardrails = { myna.guardrail {
      name = "everything", check = function() return myna.block {} end } } },
  },
}
