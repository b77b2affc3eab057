-- never_ends.lua - what would hang a run: each fails at its marked line, with the words there.
local test = require "myna.test"

test.scenario("a tool starts again for the same moment for ever", function(caller, model, app)
  caller:says "Spin."
  model:calls("spin", {})
  app:expect_tool "spin" -- fails: time stands still
end)

test.scenario("a tool spins and nobody looks at it", function(caller, model) -- fails: time stands
  caller:says "Spin."
  model:calls("spin", {})
end)

test.scenario("a tool loops", function(caller, model, app) -- fails: an error was logged
  caller:says "Loop."
  model:calls("loop", {})
  app:expect_tool("loop", { output = test.has "did not work" })
  model:says "It did not work."
end)

test.scenario("a tool loops in steps of time", { silence = false }, function(caller, model, app)
  caller:says "Tick."
  model:calls("tick", {})
  app:expect_tool("tick", { within = "29s" }) -- fails: expected tick to end
end)

local patient = { silence = false }
test.scenario("a tool still runs", patient, function(caller, model, app) -- fails: (1 tasks run)
  caller:says "Linger."
  model:calls("linger", {})
  app:expect_tool_started "linger"
end)

test.scenario("the scenario loops", function()
  while true do end -- fails: million instructions
end)

test.scenario("the scenario waits in a loop", function(caller)
  while true do caller:waits "1h" end -- fails: for a day
end)
