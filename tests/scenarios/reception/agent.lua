-- agent.lua - one number for many tenants: who answers, and whether anybody does, is looked up
-- before anything is said.
local myna = require "myna"

local directory = myna.http.client { base_url = "http://127.0.0.1:9100" }

--- Who answers, by the number that was called.
local function receive(_, ctx)
  local res = directory:get("/tenants", { query = { number = ctx.call.to } })
  if res.status == 404 then return false, "nobody has the number " .. ctx.call.to end
  ctx.state.tenant = res:data()          -- any other failure: the app's first agent answers
  return ctx.state.tenant.agent          -- its name; nil: the app's first agent
end

local nia = myna.agent {
  name = "Nia", voice = "marin",
  instructions = myna.file "prompts/nia.md",
}

local theo = myna.agent {
  name = "Theo", voice = "cedar",
  instructions = "You look after callers who have been with us for long.",
  on_enter = function(ctx) ctx.state.entered = ctx.agent end,
  on_exit = function(ctx) ctx.log:info("left", { who = ctx.agent }) end,
}

return myna.app {
  name = "reception",
  agent = nia, agents = { theo },
  state = { tenant = { name = "the office" } },
  greeting = "Good morning, how can I help?",
  on = {
    call_start = function(event, ctx)
      if ctx.user and ctx.user.slow then myna.sleep "4s" end
      return receive(event, ctx)
    end,
    call_end = function(event, ctx)
      ctx.log:info("over", { reason = event.reason, agent = event.agent or "nobody" })
    end,
  },
}
