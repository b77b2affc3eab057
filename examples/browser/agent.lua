-- agent.lua - an app that brings its own page: /talk, which calls it through the official SDK.
local myna = require "myna"

return myna.app {
  name = "browser",
  agent = myna.agent { name = "Mira", instructions = "You answer for a flower shop. Be brief." },
  greeting = "Hello, this is Mira. What can I do for you?",
  routes = {
    ["GET /talk"] = { public = true,
      act = function() return { file = "talk.html" } end },
  },
}
