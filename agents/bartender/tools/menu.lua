-- menu.lua - what there is. It is asked for all the time and changes slowly: one answer serves all
-- calls for some seconds.
local myna = require "myna"
local bar = require "tools.bar"

return myna.tool {
  name = "get_menu",
  description = "What there is to drink, what it costs in dollars, and what is sold out.",
  filler = { after = "900ms", say = "Let me see what we have." },
  execute = function() return bar:get("/menu", { cache = "5s" }):data() end,
}
