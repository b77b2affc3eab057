-- book.lua - the way to the restaurant's book, and what its refusals sound like.
--
-- One pool for all calls: ten connections, five of them kept for half a minute. What a caller hears
-- never has a status or a code in it; the log has both.
local myna = require "myna"

local by_code = { -- of a 400: what the caller can do about it
  INVALID_DATE = "That date does not seem right. Which day do you mean?",
  INVALID_TIME = "I did not get the time. When would you like to come?",
  INVALID_PHONE = "That number does not seem complete. Could you tell me again?",
  PAST_DATE = "That moment is past already. When would you like to come?",
  TOO_FAR = "Our book does not go that far ahead. It is open for one year.",
  TOO_LARGE = "We seat at most twenty people at one time. Could you split into smaller groups?",
  BLACKOUT = "The house is taken for a private event that day. Would another day do?",
  CLOSED = "We do not seat anybody at that time. I can tell you when we are open.",
  NO_CAPACITY = "We are full at that time. Would you like another time?",
}

local function refused(res)
  local well, body = pcall(res.json, res)
  local code = well and type(body) == "table" and body.error_code
  return by_code[code] or "I could not do that with what I have. Let us go through it once more."
end

return myna.http.client {
  base_url = myna.env("RESTAURANT_URL", "http://127.0.0.1:8082"),
  timeout = { connect = "5s", pool = "5s", idle = "10s", total = "12s" },
  pool = { connections = 10, keep = 5, keep_for = "30s" },
  retry = { tries = 3, pause = "500ms" }, -- then a second; never a POST that does not say so
  words = {
    [400] = refused,
    [404] = "I cannot find that in our book.",
    [409] = "There is a table on that number for that day already. Shall I change it?",
    [429] = "We are very busy just now. Please give me a moment.",
    ["5xx"] = "Our book is not available right now.",
    timeout = "Our book is taking longer than it should.",
    refused = "I cannot reach our book right now.",
    other = "I cannot reach our book right now.",
  },
}
