-- bar.lua - the way to the till and the ID reader, and what it sounds like when they fail.
local myna = require "myna"

return myna.http.client {
  base_url = myna.env("BAR_URL", "http://127.0.0.1:8086"),
  timeout = { connect = "2s", idle = "4s", total = "6s" },
  retry = { tries = 2, pause = "300ms" }, -- an order only under one Idempotency-Key
  words = {
    [429] = "It is very busy at the till. One moment.",
    timeout = "The till is taking longer than it should.",
    refused = "I cannot reach the till right now.",
    other = "I cannot reach the till right now.",
  },
}
