-- score.lua - how good a lead is, from 0 to 100, and what it may be offered. Indicative only.
local products = { -- share of the price at most, rates from and to, points for the score
  dscr = { ltv = 80, from = 6.5, to = 8.0, points = 20 },
  hard_money = { ltv = 70, from = 9.5, to = 12.0, points = 10 },
  fix_flip = { ltv = 75, from = 9.0, to = 11.5, points = 10 },
  portfolio = { ltv = 75, from = 6.75, to = 8.25, points = 20 },
}

local function of_deal(deal)
  if not deal then return 15 end -- nothing is known against it
  local points = 0
  if deal.dscr then points = deal.dscr >= 1.25 and 45 or deal.dscr >= 1 and 30 or 0 end
  return points + (deal.loan >= 75000 and 15 or 5)
end

--- deal: { dscr, loan } of the newest analysis, or nil.
return function(lead, deal)
  local product = products[lead.productType]
  local score = 20 + product.points + of_deal(deal) -- 20: a name, an address, a number and a yes
  local disposition = score >= 60 and "qualified" or score >= 45 and "review" or "nurture"
  local offer = disposition == "qualified" and {
    productType = lead.productType, maxLtvPercent = product.ltv,
    rateFromPercent = product.from, rateToPercent = product.to,
  } or nil
  return { score = score, disposition = disposition, offer = offer }
end
