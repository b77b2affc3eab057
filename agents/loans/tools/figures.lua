-- figures.lua - the arithmetic of a rented house. Money is a month's unless the name says a year's.
local M = {}

local function cents(value) return math.floor(value * 100 + 0.5) / 100 end

--- What a loan costs a month: principal and interest, in equal payments.
function M.payment(loan, rate_percent, years)
  local months, rate = years * 12, rate_percent / 1200
  if loan == 0 then return 0 end
  if rate == 0 then return loan / months end
  return loan * rate / (1 - (1 + rate) ^ -months)
end

--- deal: the arguments of analyzeDeal. DSCR is what is left of the rent, by the loan's payment; nil
--- without a loan. ROI is a year's cash flow by the down payment, in per cent.
function M.analyze(deal)
  local down = deal.purchasePrice * deal.downPaymentPercent / 100
  local loan = deal.purchasePrice - down
  local payment = M.payment(loan, deal.interestRate, deal.loanTermYears)
  local tax = deal.purchasePrice * deal.propertyTaxRate / 1200
  local income = deal.monthlyRent * (1 - deal.vacancyRate / 100) - tax - deal.insurance
  local flow = income - payment
  return {
    loanAmount = cents(loan), downPayment = cents(down), monthlyPayment = cents(payment),
    monthlyTax = cents(tax), netOperatingIncome = cents(income), monthlyCashFlow = cents(flow),
    annualCashFlow = cents(flow * 12),
    dscr = payment > 0 and cents(income / payment) or nil,
    roiPercent = down > 0 and cents(flow * 12 / down * 100) or nil,
  }
end

return M
