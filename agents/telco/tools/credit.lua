-- credit.lua - money back on a bill: small sums by the desk, once a bill.
local myna = require "myna"
local office = require "tools.office"
local s = myna.schema

local refusals = {
  too_much = "That is too much: thirty pounds at most, and never more than the bill.",
  credited_already = "This bill has had its credit.",
}

return myna.tool {
  name = "give_credit",
  description = "Credit a sum on one bill of the open account, as the policy allows.",
  parameters = {
    bill = s.integer "Number of the bill, from list_bills",
    pounds = s.number("How much", { minimum = 0.01, maximum = 30 }),
    reason = s.string("Why, in a few words", { min_length = 3, max_length = 200 }),
  },
  execute = function(args, ctx)
    local account = ctx.state.account
    if not account then return myna.fail "No account is open. Ask whose bill it is." end
    local res = office:post("/accounts/" .. account.id .. "/credits", {
      json = args, idempotent = true }) -- asked twice, credited once
    if res.status == 400 or res.status == 409 then
      return myna.fail(refusals[res:json().error_code] or "That cannot be credited.")
    end
    return res:data()
  end,
}
