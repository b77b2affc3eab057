-- agent.lua - mails what it is asked to, over HTTP.
local myna = require "myna"

local owner = myna.secret("OWNER_MAIL", "owner@shop.test")

local function send(mail)
  local ok, why = myna.mail(mail)
  return { json = { ok = ok or false, why = why } }
end

return myna.app {
  agent = myna.agent { name = "Desk" },
  routes = {
    ["POST /mail"] = function(req) return send(req:json()) end,
    ["POST /owner"] = function(req) return send { to = owner, subject = "Hi", text = req.body } end,
  },
}
