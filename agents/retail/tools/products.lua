-- products.lua - what there is to buy, what is in the cart, and the order.
local myna = require "myna"
local shop = require "tools.shop"
local s = myna.schema

local search_products = myna.tool {
  name = "search_products",
  description = "Find products by words: what they are, their size, for how many.",
  parameters = { words = s.string("Words", { min_length = 2, max_length = 100 }) },
  filler = { after = "1s", say = "Let me look." },
  execute = function(args)
    return shop.http:get("/products", { query = args, cache = "1m" }):data()
  end,
}

local function told(cart)
  local lines, sum = myna.array {}, 0
  for _, line in ipairs(cart) do
    lines[#lines + 1] = { name = line.name, amount = line.amount }
    sum = sum + line.amount * line.pounds
  end
  return { cart = lines, pounds = math.floor(sum * 100 + 0.5) / 100 }
end

local add_to_cart = myna.tool {
  name = "add_to_cart",
  description = "Put something into the cart, or set how many of it; 0 takes it out.",
  parameters = {
    sku = s.string "The product's sku, from search_products",
    amount = s.integer("How many", { minimum = 0, maximum = 20 }):default(1),
  },
  execute = function(args, ctx)
    local found = shop.http:get("/products", { query = { words = args.sku } }):data().products
    local product
    for _, one in ipairs(found) do product = one.sku == args.sku and one or product end
    if not product then return myna.fail "There is no such product. Search again." end
    if product.stock < args.amount then return { available = product.stock } end
    local cart, rest = ctx.state.cart, {}
    for _, line in ipairs(cart) do if line.sku ~= args.sku then rest[#rest + 1] = line end end
    if args.amount > 0 then
      rest[#rest + 1] = { sku = product.sku, name = product.name, pounds = product.pounds,
        amount = args.amount }
    end
    ctx.state.cart = rest
    return told(rest)
  end,
}

local place_order = myna.tool {
  name = "place_order",
  description = "Order what is in the cart, after the caller heard it all and said yes.",
  execute = function(_, ctx)
    local customer, lines = shop.customer(ctx), {}
    for i, line in ipairs(ctx.state.cart) do lines[i] = { sku = line.sku, amount = line.amount } end
    if #lines == 0 then return myna.fail "The cart is empty." end
    local res = shop.http:post("/orders", { idempotent = true,
      json = { customer = customer.id, lines = lines } })
    if res.status == 409 then return myna.fail(res:json().message .. " Nothing was ordered.") end
    ctx.state.cart = {}
    return { order = res:data().id, pounds = res:data().pounds }
  end,
}

return { search_products, add_to_cart, place_order }
