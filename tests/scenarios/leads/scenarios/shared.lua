-- shared.lua - what calls share on one worker, and for how long.
local test = require "myna.test"

test.scenario("a shared counter stops the fourth try, until its time is over",
  function(caller, _, app)
    for _ = 1, 3 do assert(app:runs("send_code", { number = "1" }) == "sent") end
    assert(app:runs("send_code", { number = "1" }) == "Too many tries. Please call again later.")
    assert(app:runs("send_code", { number = "2" }) == "sent")
    caller:waits "10m"
    assert(app:runs("send_code", { number = "1" }) == "sent")
  end)

test.scenario("each scenario begins with an empty dictionary", function(_, _, app)
  assert(app:runs("send_code", { number = "1" }) == "sent")
end)

test.scenario("what was asked for once is there for an hour", function(caller, _, app)
  app.http:on("GET http://rates.test/today"):replies({ json = { rate = 4.5 } }, { times = 1 })
  assert(app:runs "rate" == 4.5)
  assert(app:runs "rate" == 4.5)
  app.http:on("GET http://rates.test/today"):replies { json = { rate = 5 } }
  caller:waits "59m"
  assert(app:runs "rate" == 4.5)
  caller:waits "1m"
  assert(app:runs "rate" == 5)
end)
