-- mesh.lua - every agent hands to every other, and what is known goes along.
local test = require "myna.test"

local names = { "Gate", "Returns", "Sales", "Human" }

for _, from in ipairs(names) do
  for _, to in ipairs(names) do
    if from ~= to then
      test.scenario(("%s hands the call to %s"):format(from, to), { start = from,
        state = { customer = { id = 31, name = "Noor Haddad" } } }, function(caller, model, app)
          caller:says("I need somebody else.")
          model:hands_off(to)
          app:expect_handoff(to, { from = from, within = "1s" })
          model:says("You are through to " .. to .. ".")
          caller:expect_heard("through to " .. to)
          app:expect_state { customer = { name = "Noor Haddad" } }
        end)
    end
  end
end

test.scenario("two agents who send a caller to and fro are stopped", { silence = "9s" },
  function(caller, model, app)
    caller:says "I do not know who does that."
    model:hands_off "Sales"
    model:hands_off "Returns"
    model:hands_off "Sales"
    model:hands_off "Returns"
    app:expect_handoff("Returns", { within = "3s" })
    model:hands_off "Sales"
    model:says "Tell me a little more, and I will see to it."
    caller:expect_heard("a little more", { within = "8s" })
  end)

test.scenario("the caller cuts in while the call moves", function(caller, model, app)
  caller:says "I want a tent."
  model:hands_off "Sales"
  app:expect_handoff "Sales"
  model:says("Welcome to sales, we have tents for two and for four.", { lasts = "4s" })
  caller:expect_speaking { within = "2s" }
  caller:cuts_in "No, wait, I want to return one!"
  model:hands_off "Returns"
  app:expect_handoff("Returns", { from = "Sales" })
  model:says "Which one is it?"
  caller:expect_heard "Which one"
end)
