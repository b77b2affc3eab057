-- agent.lua - an agent whose calls end in every way there is, and who writes each end down.
local myna = require "myna"

local desk = myna.http.client { base_url = "http://records.test" }

local function slow(name, on_interrupt)
  return myna.tool {
    name = name,
    description = "Take three seconds.",
    on_interrupt = on_interrupt,
    execute = function()
      myna.sleep "3s"
      desk:get("/" .. name)
      return "done"
    end,
  }
end

local note = myna.tool {
  name = "note",
  description = "Have something written down, by and by.",
  execute = function()
    myna.spawn(function()
      myna.sleep "12s"
      desk:post("/notes")
    end, { outlive = "15s" })
    myna.spawn(function()
      myna.sleep "2s"
      desk:get "/not_any_more" -- nobody answers that
    end)
    return "It will be."
  end,
}

local leave = myna.tool {
  name = "leave",
  description = "Hang up.",
  execute = function(_, ctx)
    ctx:hang_up "all was said"
    return "Say goodbye."
  end,
}

return myna.app {
  name = "endings",
  agent = myna.agent { name = "Ender", instructions = "You end calls.",
    tools = { slow("keep", "keep"), slow("drop", "cancel"), note, leave } },
  limits = { duration = "2m", farewell = "Time is up." },
  on = {
    call_end = function(event, ctx)
      ctx.state.ends = (ctx.state.ends or 0) + 1
      local said = ctx.history:items()
      desk:post("/calls", { json = { why = event.reason, ends = ctx.state.ends,
        last = said[#said] } })
      ctx.log:info "written down"
    end,
  },
}
