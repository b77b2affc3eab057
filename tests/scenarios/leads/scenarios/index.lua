-- index.lua - questions that the app's own texts answer.
local test = require "myna.test"

test.scenario("a question is answered from the texts", function(caller, model, app)
  caller:says "What does repairing a boiler cost?"
  model:calls("look_up", { question = "What does repairing a boiler cost?" })
  app:expect_tool("look_up", { output = "Repairs: A repair costs 80 pounds", within = "1s" })
  model:says "Eighty pounds."
  caller:expect_heard "Eighty"
end)

test.scenario("what nobody wrote about is not found", function(_, _, app)
  assert(app:runs("look_up", { question = "zebras" }) == "Nothing is written about that.")
  assert(app:runs("look_up", { question = "?!" }) == "Nothing is written about that.")
end)
