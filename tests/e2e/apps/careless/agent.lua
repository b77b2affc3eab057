-- agent.lua - tools that do what no tool should, each in its own way.
local myna = require "myna"

local slow = myna.http.client {
  base_url = myna.env("SLOW_URL", "http://127.0.0.1:9"),
  bearer = myna.secret("SLOW_KEY", "none"),
}

local function tool(name, execute, timeout)
  return myna.tool { name = name, description = name, timeout = timeout, execute = execute }
end

return myna.app {
  name = "careless",
  agent = myna.agent {
    name = "Careless",
    instructions = "You answer. PROMPT-5d1c09ab",
    tools = {
      tool("throws", function() error("the drawer is stuck") end),
      tool("loops", function() while true do end end),
      tool("hoards", function() -- faster than the watchdog looks
        local held, kb = {}, ("x"):rep(1024)
        for i = 1, 16 do held[i] = kb:rep(512) end
        return #held
      end),
      tool("returns_code", function() return { rows = { { when = print } } } end),
      tool("waits", function() return slow:get("/never"):data() end, "1s"),
      tool("repeats", function() return slow:get("/echo"):data() end),
      tool("matches", function() return (("a"):rep(220):find(("a-"):rep(9) .. "b")) end),
      tool("sorts", function()
        local t = {}
        for i = 1, 200 do t[i] = i % 7 end
        table.sort(t, function(a, b) for _ = 1, 1e9 do end return a < b end)
      end),
      tool("replaces", function()
        return (("x"):rep(1000):gsub(".", function() for _ = 1, 1e9 do end end))
      end),
      tool("spreads", function() -- many tasks, each of them busy
        local all = {}
        for i = 1, 50 do all[i] = function() while true do end end end
        myna.parallel(all, { on_error = "collect" })
      end),
      tool("works", function() return "It works." end),
    },
  },
}
