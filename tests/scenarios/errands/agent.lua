-- agent.lua - a shop's phone whose tools keep answers, ask together, and read what streams in.
local myna = require "myna"

local shop = myna.http.client {
  base_url = "https://shop.test",
  bearer = myna.secret("SHOP_KEY", "shop-key"),
  timeout = "1s",
  cache = { ttl = "1h", not_found = "10s" },
  retry = { tries = 2, pause = "1s" },
  words = { [404] = "We do not have that.", timeout = "The shop is slow.", other = "No luck." },
}

local function price_of(item)
  return shop:get("/prices/" .. myna.url.encode(item)):data()
end

local price = myna.tool {
  name = "price",
  description = "What something costs.",
  parameters = { item = myna.schema.string "What" },
  execute = function(args) return price_of(args.item) end,
}

local both = myna.tool {
  name = "both",
  description = "What something costs, asked twice at once.",
  execute = function()
    return myna.parallel({ a = function() return price_of "bread" end,
      b = function() return price_of "bread" end })
  end,
}

local recall = myna.tool {
  name = "recall",
  description = "What was recalled, as the shop tells it.",
  execute = function()
    local said = {}
    local res = shop:get("/recalls", { stream = true })
    for event in res:events() do said[#said + 1] = event.data end
    return table.concat(said, "; ")
  end,
}

local order = myna.tool {
  name = "order",
  description = "Order something.",
  execute = function()
    return shop:post("/orders", { json = { item = "bread" }, idempotent = true }):data()
  end,
}

local stray = myna.tool {
  name = "stray",
  description = "Ask at an address the caller made up.",
  parameters = { address = myna.schema.string "Where" },
  execute = function(args) return myna.http.get(args.address).err.code end,
}

return myna.app {
  name = "errands",
  agent = myna.agent { name = "Ida", instructions = "Be brief.",
    tools = { price, both, recall, order, stray } },
}
