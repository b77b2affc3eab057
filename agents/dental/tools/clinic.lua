-- clinic.lua - the way to the practice's records; the pool behind it is shared by all calls.
local myna = require "myna"

return myna.http.client {
  base_url = myna.env("CLINIC_URL", "http://127.0.0.1:8081"),
  timeout = { connect = "2s", total = "6s" },
  pool = { connections = 10, keep = 5, keep_for = "30s" },
  words = { -- what a failure sounds like; the log has the rest
    [429] = "We are busy just now. Please give me a moment.",
    timeout = "The records are taking longer than they should.",
    other = "I cannot reach the records right now.",
  },
}
