-- hours.lua - when the house is open. It hardly changes: one answer serves all calls for an hour.
local myna = require "myna"
local book = require "tools.book"

return myna.tool {
  name = "opening_hours",
  description = "When the house is open, and when a party may sit down.",
  filler = { after = "800ms", say = "One moment." },
  execute = function()
    return book:get("/api/restaurant/hours", { cache = "1h", timeout = "5s" }):data()
  end,
}
