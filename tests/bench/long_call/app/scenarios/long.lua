-- long.lua - a call of ten minutes and forty turns.
local test = require "myna.test"

test.scenario("ten minutes, forty turns", { silence = false }, function(caller, model, app)
  for turn = 1, 40 do
    caller:says(("This is turn %d of the call."):format(turn))
    model:says(("And this is the answer to turn %d."):format(turn), { lasts = "4s" })
    caller:expect_heard(("answer to turn %d"):format(turn))
    caller:waits "8s"
  end
  app:expect_usage { responses = 40 }
end)
