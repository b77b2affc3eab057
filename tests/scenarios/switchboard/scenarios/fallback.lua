-- fallback.lua - a second model, when the first is given up.
local test = require "myna.test"

test.scenario("R62 a call goes on over the fallback when the model stays away", { silence = false },
  function(caller, model, app)
    caller:expect_heard "Switchboard"
    model:refuses(503, { times = 100 })
    model:drops()
    app:expect_error("upstream_fallback", { after = "10s", within = "20s" })
    caller:says "Hello?"
    model:says "I am still here."
    caller:expect_heard "still here"
  end)

test.scenario("R62 what cannot heal goes to the fallback at once", function(caller, model, app)
  caller:expect_heard "Switchboard"
  model:refuses(401, { times = 100 })
  model:drops { code = 3000, reason = "invalid_request_error.invalid_api_key" }
  app:expect_error("upstream_fallback", { within = "100ms" })
  caller:says "Hello?"
  model:says "I am still here."
  caller:expect_heard "still here"
end)

test.scenario("R62 a call that finds no model begins on the fallback", function(caller, model, app)
  model:refuses(503, { times = 100 })
  app:expect_error "upstream_fallback"
  caller:expect_heard "Switchboard"
  caller:says "Hello?"
  model:says "Yes?"
  caller:expect_heard "yes"
end)
