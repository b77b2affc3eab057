-- account.lua - whose account it is, what they were billed, and whether they may roam.
local myna = require "myna"
local office = require "tools.office"
local s = myna.schema

local function account_of(ctx)
  return ctx.state.account
    or error(myna.fail "No account is open. Ask for the number and the postcode.")
end

local open_account = myna.tool {
  name = "open_account",
  description = "Open an account by the number of the line and the postcode of the home.",
  parameters = {
    number = s.string("Number of the line", { min_length = 6, max_length = 30 }),
    postcode = s.string("Postcode", { min_length = 4, max_length = 12 }),
  },
  execute = function(args, ctx)
    local tries = (ctx.state.tries or 0) + 1
    if tries > 3 then return myna.fail "Too many tries. A colleague must call them back." end
    ctx.state.tries = tries -- before the answer: two at once are two
    local res = office:get("/accounts", { query = args })
    if res.status == 404 then return { found = false } end
    local found = res:data()
    ctx.state.tries = 0
    ctx.state.account = { id = found.id, name = found.name }
    return { found = true, name = found.name, plan = found.plan,
      pounds_a_month = found.pounds_a_month, data_gb = found.data_gb, used_gb = found.used_gb,
      roaming = found.roaming == 1 }
  end,
}

local list_bills = myna.tool {
  name = "list_bills",
  description = "The bills of the open account, newest first, with what came on top of the plan.",
  execute = function(_, ctx)
    return office:get("/accounts/" .. account_of(ctx).id .. "/bills"):data()
  end,
}

local set_roaming = myna.tool {
  name = "set_roaming",
  description = "Switch roaming on or off, after the caller has heard the price and said yes.",
  parameters = { on = s.boolean "On or off" },
  execute = function(args, ctx)
    return office:put("/accounts/" .. account_of(ctx).id .. "/roaming", { json = args }):data()
  end,
}

return { open_account, list_bills, set_roaming }
