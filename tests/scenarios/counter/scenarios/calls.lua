-- calls.lua - what a call was opened with, as a route would open it.
local test = require "myna.test"

test.scenario("a call knows what it was opened with", { caller = { meta = { client = "c7" } } },
  function(_, _, app)
    assert(app:runs("whose_call", {}) == "c7")
  end)

test.scenario("a call makes the token of the next one", { at = "2026-01-05 10:00" },
  function(caller)
    caller:sends { type = "renew" }
    local first = caller:expect_event("renewed", { value = test.matches "^ek_" })
    caller:waits "2s"
    caller:sends { type = "renew" }
    local second = caller:expect_event("renewed", { value = test.matches "^ek_" })
    assert(first.value ~= second.value and second.expires_at == first.expires_at + 2)
  end)
