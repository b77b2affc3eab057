-- agent.lua - an agent that keeps what it hears: what calls share, what stays.
local myna = require "myna"
local s = myna.schema

local send_code = myna.tool {
  name = "send_code",
  description = "Send a code to a number.",
  parameters = { number = s.string "Where to" },
  execute = function(args)
    local tries = myna.shared:incr("tries " .. args.number, 1, { ttl = "10m" })
    if tries and tries > 3 then return "Too many tries. Please call again later." end
    return "sent"
  end,
}

local rate = myna.tool {
  name = "rate",
  description = "Today's rate, asked for once an hour.",
  execute = function()
    local rate = myna.shared:get "rate"
    if rate == nil then
      rate = myna.http.get("http://rates.test/today"):data().rate
      myna.shared:set("rate", rate, { ttl = "1h" })
    end
    return rate
  end,
}

return myna.agent {
  name = "Desk",
  tools = { send_code, rate },
}
