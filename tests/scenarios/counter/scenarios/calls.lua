-- calls.lua - what a call was opened with, as a route would open it.
local test = require "myna.test"

test.scenario("a call knows what it was opened with", { caller = { meta = { client = "c7" } } },
  function(_, _, app)
    assert(app:runs("whose_call", {}) == "c7")
  end)
