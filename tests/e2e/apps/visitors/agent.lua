-- agent.lua - tells who asked, in a route and in a call.
local myna = require "myna"

return myna.app {
  name = "visitors",
  agent = myna.agent { name = "Porter", instructions = "You let people in." },
  on = { call_start = function(_, ctx)
    ctx.log:info("visitor", { who = myna.json.encode(ctx.user or myna.null) })
  end },
  routes = {
    ["GET /who"] = function(req) return { json = req.user or myna.null } end,
    ["POST /token"] = function(req) return { json = myna.token(req:json()) } end,
  },
}
