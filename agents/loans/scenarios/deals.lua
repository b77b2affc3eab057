-- deals.lua - figures held to cases worked by hand, and what is known of loans.
local test = require "myna.test"

-- Worked with a table of annuities. Payment per dollar and month: 0.00665302 (7 %, 30 years),
-- 0.00699215 (7.5 %, 30 years), 0.00899726 (9 %, 20 years).
local cases = {
  { name = "a house that carries its loan",
    deal = { purchasePrice = 200000, downPaymentPercent = 25, interestRate = 7, loanTermYears = 30,
      monthlyRent = 2000 },
    gives = { loanAmount = 150000, downPayment = 50000, monthlyPayment = test.near(997.95, 0.01),
      monthlyTax = 200, netOperatingIncome = 1550, monthlyCashFlow = test.near(552.05, 0.01),
      annualCashFlow = test.near(6624.6, 0.1), dscr = 1.55, roiPercent = 13.25,
      meaning = test.has "strong" } },
  { name = "a house that does not",
    deal = { purchasePrice = 300000, downPaymentPercent = 20, interestRate = 7.5,
      loanTermYears = 30, monthlyRent = 2100 },
    gives = { loanAmount = 240000, monthlyPayment = test.near(1678.11, 0.01), monthlyTax = 300,
      netOperatingIncome = 1545, monthlyCashFlow = test.near(-133.11, 0.01), dscr = 0.92,
      roiPercent = -2.66, meaning = test.has "too little" } },
  { name = "a loan without interest",
    deal = { purchasePrice = 120000, downPaymentPercent = 50, interestRate = 0, loanTermYears = 10,
      monthlyRent = 1000 },
    gives = { monthlyPayment = 500, monthlyTax = 120, netOperatingIncome = 680, dscr = 1.36,
      monthlyCashFlow = 180, annualCashFlow = 2160, roiPercent = 3.6 } },
  { name = "a house paid in full",
    deal = { purchasePrice = 100000, downPaymentPercent = 100, interestRate = 7, loanTermYears = 30,
      monthlyRent = 1000 },
    gives = { loanAmount = 0, monthlyPayment = 0, monthlyCashFlow = 700, roiPercent = 8.4,
      meaning = "no loan" } },
  { name = "nothing down",
    deal = { purchasePrice = 100000, downPaymentPercent = 0, interestRate = 9, loanTermYears = 20,
      monthlyRent = 1500, propertyTaxRate = 2, insurance = 100, vacancyRate = 10 },
    gives = { loanAmount = 100000, downPayment = 0, monthlyPayment = test.near(899.73, 0.01),
      monthlyTax = test.near(166.67, 0.01), netOperatingIncome = test.near(1083.33, 0.01),
      dscr = 1.2, meaning = test.has "enough" } },
}

for _, case in ipairs(cases) do
  test.scenario(case.name, function(_, _, app)
    app:runs("analyzeDeal", case.deal)
    app:expect_tool("analyzeDeal", { output = case.gives })
  end)
end

test.scenario("a deal is told in words for the ear", function(caller, model, app)
  caller:says "Two hundred thousand, a quarter down, at seven per cent, and two thousand rent."
  model:calls("analyzeDeal", cases[1].deal)
  app:expect_tool("analyzeDeal", { output = { dscr = 1.55 }, seconds = test.below(0.1) })
  app:expect_state { deal = { dscr = 1.55, loan = 150000 } }
  model:says "It carries its loan one and a half times, with some five hundred fifty left a month."
  caller:expect_heard "one and a half times"
end)

test.scenario("figures nobody has are asked for, not made up", { tags = { "error" } },
  function(caller, model, app)
    caller:says "A house for two hundred thousand. Is it good?"
    model:calls("analyzeDeal", { purchasePrice = 200000, downPaymentPercent = 25 })
    app:expect_tool("analyzeDeal", { output = test.has "not accepted" })
    model:says "What rent would it bring?"
    caller:expect_heard "What rent"
  end)

test.scenario("a rule is found where it is written", function(caller, model, app)
  caller:says "What DSCR do you need?"
  model:calls("searchKnowledgeBase", { query = "DSCR coverage ratio terms" })
  app:expect_tool("searchKnowledgeBase", { output = test.has "1.25 on at the best terms" })
  model:says "From one on, and the best terms from one and a quarter."
  caller:expect_heard "one and a quarter"
end)

test.scenario("as many results as were asked for", function(_, _, app)
  local found = app:runs("searchKnowledgeBase", { query = "loan", topK = 1 })
  assert(#found.results == 1, "topK is kept to")
  app:runs("searchKnowledgeBase", { query = "loan", topK = 0 })
  app:expect_tool("searchKnowledgeBase", { output = test.has "not accepted" })
end)
