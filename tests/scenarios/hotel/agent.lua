-- agent.lua - a hotel's desk, that knows who calls before it says good morning.
local myna = require "myna"
local s = myna.schema

local guests = myna.http.client { base_url = "http://127.0.0.1:9200" }

local who_calls = myna.tool {
  name = "who_calls",
  description = "Who calls, by their number.",
  execute = function(_, ctx)
    local res = guests:get("/guests", { query = { phone = ctx.call.from } })
    if res.status == 404 then return { known = false } end
    ctx.state.guest = res:data()
    return { known = true, name = ctx.state.guest.name }
  end,
}

local menu = myna.tool {
  name = "menu",
  description = "What there is to eat.",
  parameters = { meal = s.enum("Which", { "breakfast", "dinner" }):default "breakfast" },
  timeout = "2s",
  execute = function(args) return guests:get("/menus/" .. args.meal):data() end,
}

local birthday = myna.tool {
  name = "birthday",
  description = "Whether it is the guest's birthday.",
  is_enabled = function(ctx) return ctx.state.congratulates end,
  execute = function() return { birthday = true } end,
}

local weather = myna.tool {
  name = "weather",
  description = "What the sky says to who looks long enough.",
  is_enabled = function(ctx) return ctx.state.is_cloudy end,
  execute = function() myna.sleep "5s" return "rain" end,
}

local free_slots = myna.tool {
  name = "free_slots",
  description = "When the spa has time.",
  execute = function() return guests:get("/spa"):data() end,
}

local spa = myna.agent {
  name = "Spa",
  instructions = function(ctx) return "You book the spa for " .. ctx.state.guest.name .. "." end,
  tools = { free_slots }, handoffs = { "Ines" }, prelude = { "free_slots" },
}

return myna.app {
  name = "hotel",
  agent = myna.agent {
    name = "Ines",
    instructions = myna.file "prompts/ines.md",
    tools = { menu }, handoffs = { spa },
    prelude = { who_calls, "menu", birthday, weather },
  },
  greeting = "Good morning, this is Ines.",
}
