-- agent.lua - tools that ask servers which answer late, never, in parts, or over TLS.
local myna = require "myna"

local shop_url = myna.env "SHOP_URL"
local shop = myna.http.client { base_url = shop_url, pool = { connections = 150 } }
local bank = myna.http.client { base_url = myna.env "BANK_URL", ca = "ca.pem" }
local stranger = myna.http.client { base_url = myna.env "BANK_URL" }

local function tool(name, execute)
  return myna.tool { name = name, description = name, timeout = "60s", on_interrupt = "cancel",
    execute = execute }
end

local function waits(ms)
  return function() return shop:get("/wait/" .. ms).ok end
end

return myna.app {
  name = "errands",
  agent = myna.agent {
    name = "Errands",
    instructions = "You run errands.",
    tools = {
      tool("three", function()
        local done = myna.parallel { waits(200), waits(300), waits(400) }
        return myna.array { done[1], done[2], done[3] }
      end),
      tool("counted", function() return shop:get("/count", { cache = "1m" }).body end),
      tool("streamed", function()
        local all, res = {}, shop:get("/events", { stream = true })
        for event in res:events() do all[#all + 1] = event.data end
        return table.concat(all, ", ")
      end),
      tool("banks", function() return bank:get("/").body end),
      tool("distrusts", function() return stranger:get("/").err.code end),
      tool("strays", function() return myna.http.get(shop_url .. "/count").err.code end),
      tool("hangs", function() return shop:get("/never", { timeout = "50s" }).body end),
    },
  },
}
