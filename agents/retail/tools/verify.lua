-- verify.lua - who is calling: a machine of steps, whose place the prompt shows.
local myna = require "myna"
local shop = require "tools.shop"
local s = myna.schema

local after = { number = "born", born = "card", card = "verify", address = "news" }
local details = { number = "phone", born = "born", card = "card_last4" }

local note_detail = myna.tool {
  name = "note_detail",
  description = "Note what the caller has confirmed, and go to the next step.",
  parameters = {
    step = s.enum("Which detail", { "number", "born", "card", "address" }),
    value = s.string("As it was confirmed", { min_length = 1, max_length = 300 }),
  },
  execute = function(args, ctx)
    local state = ctx.state
    if args.step == "address" and not state.customer then
      return myna.fail "The caller is not verified yet."
    end
    state.details = state.details or {}
    if details[args.step] then state.details[details[args.step]] = args.value end
    if args.step == state.step then state.step = after[args.step] end -- else a correction
    return { step = state.step }
  end,
}

local verify_caller = myna.tool {
  name = "verify_caller",
  description = "Check number, date of birth and card together, once all three are noted.",
  filler = { after = "1s", say = "Let me check that." },
  execute = function(_, ctx)
    local state = ctx.state
    if state.step ~= "verify" then return myna.fail("The step is " .. state.step .. ".") end
    if (state.failed or 0) >= 3 then return myna.fail "Three checks failed. Hand over to Human." end
    local res = shop.http:post("/verify", { json = state.details, idempotent = true })
    if res.status == 404 or res.status == 400 then
      state.failed, state.step, state.details = (state.failed or 0) + 1, "number", {}
      return { verified = false, checks_left = 3 - state.failed }
    end
    local found = res:data()
    state.customer = { id = found.id, name = found.name }
    state.details, state.step = nil, "address"
    return { verified = true, name = found.name, address = found.address }
  end,
}

local function change(ctx, fields)
  return shop.http:patch("/customers/" .. shop.customer(ctx).id,
    { json = fields, idempotent = true }):data()
end

local save_address = myna.tool {
  name = "save_address",
  description = "Save the address the caller has confirmed.",
  parameters = { address = s.string("Street and town", { min_length = 5, max_length = 300 }) },
  execute = function(args, ctx)
    local saved = change(ctx, { address = args.address })
    if ctx.state.step == "address" then ctx.state.step = "news" end
    return { address = saved.address, step = ctx.state.step }
  end,
}

local save_news = myna.tool {
  name = "save_news",
  description = "Save whether the caller wants news by mail.",
  parameters = { wants = s.boolean "Yes or no" },
  execute = function(args, ctx)
    change(ctx, { news = args.wants })
    ctx.state.step = "done"
    return { saved = true, step = "done" }
  end,
}

return { note_detail, verify_caller, save_address, save_news }
