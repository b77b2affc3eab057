-- shop.lua - the way to the shop's systems, and who may use them.
local myna = require "myna"

local M = {}

M.http = myna.http.client {
  base_url = myna.env("RETAIL_URL", "http://127.0.0.1:8084"),
  timeout = { connect = "2s", total = "6s" },
  retry = { tries = 2, pause = "300ms" },
  words = {
    [404] = "There is no such thing in our books.",
    [429] = "The shop is very busy. One moment.",
    timeout = "The shop's systems are slow today. Offer a call back.",
    other = "The shop's systems cannot be reached. Offer a call back.",
  },
}

--- Who the caller is; whoever is not verified goes to Gate.
function M.customer(ctx)
  return ctx.state.customer or error(myna.fail "The caller is not verified. Hand over to Gate.")
end

return M
