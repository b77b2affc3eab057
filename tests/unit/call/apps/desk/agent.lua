-- agent.lua - one agent with tools that misbehave, each in its own way.
local myna = require "myna"

local function tool(name, execute)
  return myna.tool { name = name, description = name, execute = execute }
end

return myna.app {
  name = "desk",
  agent = myna.agent {
    name = "Desk",
    instructions = "You answer.",
    tools = {
      tool("throw", function() error("the drawer is stuck") end),
      tool("loop", function() while true do end end),
      tool("wait", function() return myna.http.get("http://records.example/slow").body end),
    },
  },
}
