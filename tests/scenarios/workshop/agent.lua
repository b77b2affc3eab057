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
    name = "dig",
    description = "Dig for it at the back of the shop.",
    filler = { after = "500ms",
      say = "I am digging for it at the very back, where nobody went for years. Bear with me." },
    execute = function() return shop:get("/shelves").body end,
  },
  myna.tool {
    name = "sand",
    description = "Sand a board, which takes minutes.",
    parameters = { seconds = s.integer("How long"):optional(), breaks = s.boolean():optional() },
    timeout = "30s",
    on_interrupt = "cancel",
    execute = function(args, ctx)
      ctx:progress "I have begun to sand it."
      myna.sleep(args.seconds or 6)
      if args.breaks then error "the belt is torn" end
      return "the board is smooth"
    end,
  },
  myna.tool {
    name = "saw",
    description = "Saw a board; a long one only when the master says so.",
    parameters = { cm = s.integer "Where to saw" },
    timeout = "2s",
    needs_approval = function(args) return args.cm > 100 end,
    approval_timeout = "20s",
    execute = function(args)
      myna.sleep "1500ms"
      return "sawn at " .. args.cm
    end,
  },
  myna.tool {
    name = "burn",
    description = "Burn the caller's drawings, when their app agrees.",
    needs_approval = true,
    approve_by = "caller",
    filler = { say = "I wait for your word." },
    execute = function() return "burnt" end,
  },
  myna.tool {
    name = "paint",
    description = "Paint it, when the shop agrees.",
    parameters = { colour = s.string "Which" },
    needs_approval = true,
    execute = function(args) return "painted " .. args.colour end,
  },
  myna.tool {
    name = "lathe",
    description = "Turn wood; not in this shop.",
    is_enabled = function(ctx) return ctx.state.lathe end,
    execute = function() return "turned" end,
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
  on = {
    tool_approval_requested = function(event, ctx)
      if event.tool ~= "paint" then return end
      myna.sleep "300ms" -- as asking somebody takes
      if event.args.colour == "pink" then
        ctx:reject(event.call_id, "Pink has run out.")
        return
      end
      return event.args.colour == "red"
    end,
  },
  agent = myna.agent { name = "Tester", instructions = "Use the tools.", tools = tools },
}
