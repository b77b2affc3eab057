-- prompts.lua - stored prompts: told with the session, and whenever they are others (R27).
local test = require "myna.test"

local function of(city)
  return { id = "pmpt_front_desk", version = "2", variables = { city = city } }
end

test.scenario("R27 the model is given the prompt, and no instructions that go before it",
  function(caller, model)
    local sent = model:expect("session.update", { session = { prompt = of "York" } })
    assert(sent.session.instructions == nil)
    caller:expect_no_event("session.updated", { session = { prompt = test.any } })
    caller:says "Hello."
    model:says "Good morning."
    caller:expect_heard "good morning"
  end)

test.scenario("R27 R26 what changes its variables is told", function(caller, model)
  caller:says "I live in Leeds now."
  model:calls("move_house", { city = "Leeds" })
  model:says "Noted."
  caller:expect_heard "noted"
  model:expect_session { prompt = of "Leeds" }
end)

test.scenario("R27 a handoff takes it away, and the way back brings it", function(caller, model)
  caller:says "Max, please."
  model:hands_off "Max"
  model:says "Max here."
  caller:expect_heard "max here"
  local update = model:expect("session.update", { session = { instructions = "You are Max." } })
  assert(tostring(update.session.prompt) ~= "" and type(update.session.prompt) ~= "table")
  caller:says "Ada again, please."
  model:hands_off "Ada"
  model:says "Ada here."
  caller:expect_heard "ada here"
  model:expect_session { prompt = of "York", instructions = "" }
end)

test.scenario("R27 instructions and a prompt go together", function(caller, model)
  caller:says "Eve, please."
  model:hands_off "Eve"
  model:says "Eve here."
  model:expect_session { prompt = { id = "pmpt_eve" }, instructions = "Speak slowly." }
  caller:expect_heard "eve here"
end)

test.scenario("R27 R62 a model that is dialled anew is given it", { caller = { events = "myna" } },
  function(caller, model)
    caller:says "I live in Leeds now."
    model:calls("move_house", { city = "Leeds" })
    model:says "Noted."
    caller:expect_heard "noted"
    model:drops()
    caller:expect_event "myna.session.resumed"
    model:expect_session { prompt = of "Leeds" }
  end)
