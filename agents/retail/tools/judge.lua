-- judge.lua - whether something may come back: a slow, careful text model reads the terms.
local myna = require "myna"
local shop = require "tools.shop"
local s = myna.schema

local terms = myna.index "knowledge/*.md"

local judge = myna.text_agent {
  name = "Judge",
  model = myna.env("JUDGE_MODEL", "o4-mini"),
  instructions = "You decide whether a shop takes something back. You are given its terms, the "
    .. "order and the caller's reason. Go by the terms alone. Give one spoken sentence as reason.",
  output = { allowed = s.boolean "Whether it may come back", reason = s.string "One sentence" },
  timeout = "40s",
}

-- The line of the order it is about, or nil.
local function line_of(orders, args)
  for _, order in ipairs(orders) do
    for _, line in ipairs(order.id == args.order and order.lines or {}) do
      if line.sku == args.sku then return order, line end
    end
  end
end

return myna.tool {
  name = "judge_return",
  description = "Decide whether one thing of an order may come back. Takes some seconds.",
  parameters = {
    order = s.integer "Number of the order", sku = s.string "Which thing of it",
    reason = s.string("Why, and in what state it is", { min_length = 3, max_length = 500 }),
  },
  timeout = "50s",
  filler = { say = "I am reading our terms for your case.", after = "1s", every = "9s", max = 3 },
  execute = function(args, ctx)
    local path = "/customers/" .. shop.customer(ctx).id .. "/orders"
    local about = args.sku .. " " .. args.reason .. " sending back"
    local found = myna.parallel({ -- neither needs the other
      orders = function() return shop.http:get(path):data().orders end,
      terms = function() return terms:search(about, { limit = 5 }) or {} end,
    }, { on_error = "cancel" })
    local order, line = line_of(found.orders, args)
    if not order then return myna.fail "That is not in an order of theirs." end
    local texts = myna.array {}
    for i, section in ipairs(found.terms) do texts[i] = section.title .. ": " .. section.text end
    local verdict, err = judge:run(myna.json.encode { terms = texts, ordered_on = order.day,
      today = os.date "%Y-%m-%d", status = order.status, thing = line.name,
      reason = args.reason }, ctx)
    if not verdict then
      return myna.fail("That cannot be decided right now. A colleague decides, and calls back.",
        tostring(err))
    end
    ctx.state.allowed = ctx.state.allowed or {}
    ctx.state.allowed[args.order .. " " .. args.sku] = verdict.allowed and args.reason or nil
    return verdict
  end,
}
