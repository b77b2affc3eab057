-- agent.lua - an agent whose tools go wrong in every way there is.
local myna = require "myna"
local s = myna.schema

local shop = myna.http.client {
  base_url = "http://shop.test",
  retry = { tries = 3, pause = "100ms" },
  words = { other = "The shop does not answer." },
}

local tools = {
  myna.tool {
    name = "wait",
    description = "Wait for longer than a tool may take.",
    timeout = "2s",
    execute = function() myna.sleep "1m" end,
  },
  myna.tool {
    name = "count",
    description = "Count a number of things.",
    parameters = { n = s.integer "How many" },
    execute = function(args, ctx)
      ctx.state.count = (ctx.state.count or 0) + args.n
      return "counted " .. args.n
    end,
  },
  myna.tool {
    name = "fail",
    description = "Raise an error.",
    execute = function(args) return args.nobody.name end,
  },
  myna.tool {
    name = "spin",
    description = "Never end.",
    execute = function() while true do end end,
  },
  myna.tool {
    name = "order",
    description = "Order from the shop.",
    execute = function() return shop:get("/orders/7"):data() end,
  },
  myna.tool {
    name = "search",
    description = "Search the shelves, which takes its time.",
    filler = { say = "Let me look.", after = "500ms", every = "4s", max = 2 },
    execute = function() return shop:get("/shelves").body end,
  },
  myna.tool {
    name = "leave",
    description = "Say goodbye and hang up.",
    execute = function(_, ctx)
      ctx:hang_up "done"
      return "Say goodbye."
    end,
  },
}

return myna.app {
  name = "workshop",
  agent = myna.agent { name = "Tester", instructions = "Use the tools.", tools = tools },
}
