-- office.lua - the way to the company's billing system, and what its failures sound like.
local myna = require "myna"

return myna.http.client {
  base_url = myna.env("TELCO_URL", "http://127.0.0.1:8083"),
  timeout = { connect = "2s", total = "6s" },
  retry = { tries = 2, pause = "300ms" },
  words = {
    [429] = "The billing system is busy. Say that it takes a moment, and try once more.",
    timeout = "The billing system does not answer in time. Offer a call back.",
    other = "The billing system cannot be reached. Offer a call back.",
  },
}
