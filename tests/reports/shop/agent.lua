-- agent.lua - a shop, so that scenarios can pass, fail and crash in front of it.
local myna = require "myna"

local function tool(name, timeout, execute)
  return myna.tool { name = name, description = "Do not end.", timeout = timeout,
    execute = execute }
end

local spin = tool("spin", "30s", function()
  while true do myna.sleep(0) end
end)

local loop = tool("loop", "30s", function()
  while true do end
end)

local tick = tool("tick", "30s", function()
  while true do myna.sleep "1ms" end
end)

local linger = tool("linger", "2m", function()
  myna.sleep "110s"
end)

return myna.app {
  name = "shop",
  agent = myna.agent { name = "Ann", instructions = "Be brief.",
    tools = { spin, loop, tick, linger } },
  greeting = "The shop.",
}
