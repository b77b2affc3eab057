-- deal.lua - a house, a loan and a rent: whether one carries the other.
local myna = require "myna"
local figures = require "tools.figures"
local s = myna.schema

local function meaning(dscr)
  if not dscr then return "no loan" end
  if dscr >= 1.25 then return "strong: the best terms" end
  if dscr >= 1 then return "enough: the rent carries the loan" end
  return "too little: more down, a longer term or a higher rent would help"
end

return myna.tool {
  name = "analyzeDeal",
  description = "Calculate DSCR, cash flow, and ROI for a property",
  parameters = {
    purchasePrice = s.number("In dollars", { minimum = 10000, maximum = 50000000 }),
    downPaymentPercent = s.number("Of the price", { minimum = 0, maximum = 100 }),
    interestRate = s.number("Per cent a year", { minimum = 0, maximum = 30 }),
    loanTermYears = s.number("Years", { minimum = 1, maximum = 40 }),
    monthlyRent = s.number("In dollars", { minimum = 0, maximum = 1000000 }),
    propertyTaxRate = s.number("Per cent of the price a year", { minimum = 0, maximum = 10 })
      :default(1.2),
    insurance = s.number("Dollars a month", { minimum = 0, maximum = 50000 }):default(150),
    vacancyRate = s.number("Per cent of the rent", { minimum = 0, maximum = 100 }):default(5),
  },
  execute = function(args, ctx)
    local result = figures.analyze(args)
    ctx.state.deal = { dscr = result.dscr, loan = result.loanAmount }
    result.meaning = meaning(result.dscr)
    return result
  end,
}
