-- keys.lua - what callers press on a telephone (R38), and scripts that wait to be heard (R39).
local test = require "myna.test"

test.scenario("R38 a card's number reaches the tool, and nobody else", function(caller, model, app)
  model:expect_no("conversation.item.create", { item = { role = "system" } })
  caller:says "I want to use my card."
  model:calls("check_card", {})
  model:says "Thank you, it is valid."
  caller:expect_heard "type the number"
  caller:presses "402155"
  app:expect_tool("check_card", { output = { complete = true } })
  caller:expect_heard "it is valid"
  app:expect_state { how = "done" }
  app:expect(function(state) return state.last_key == nil end)
end)

test.scenario("R38 the first key ends the words that ask for it", function(caller, model, app)
  caller:says "I want to use my card."
  model:calls("check_card", {})
  caller:expect_speaking()
  caller:waits "1s"
  caller:presses "4"
  caller:expect_silence { within = "500ms" }
  model:says "It is too short."
  caller:presses "021#"
  caller:expect_heard "too short"
  app:expect_tool("check_card", { output = { complete = false } })
  app:expect_state { how = "finish" }
end)

test.scenario("R38 without keys the wait ends", { silence = "8s" }, function(caller, model, app)
  caller:says "I want to use my card."
  model:calls("check_card", {})
  model:says "Shall I wait?"
  caller:expect_heard "type the number"
  caller:expect_silence()
  app:expect_tool("check_card", { output = { complete = false }, after = "4900ms",
    within = "5100ms" })
  app:expect_state { how = "timeout" }
  caller:expect_heard "shall I wait"
end)

test.scenario("R38 keys nobody collects are told to the model, once", function(caller, model, app)
  model:says "Twelve it is."
  caller:presses "12"
  model:expect("conversation.item.create", { item = { role = "system",
    content = { { text = test.has "telephone: 12" } } } })
  caller:expect_heard "twelve"
  app:expect_state { last_key = "2" }
end)

test.scenario("R39 a tool waits until its words have been heard", function(caller, model, app)
  caller:says "What are your terms?"
  model:calls("read_terms", {})
  model:says "Is there anything else?"
  caller:expect_heard "forgotten"
  caller:expect_heard "anything else"
  app:expect_tool("read_terms", { output = "They have heard it all." })
end)

test.scenario("R39 and is told when the caller does not hear them out", function(caller, model, app)
  caller:says "What are your terms?"
  model:calls("read_terms", {})
  caller:expect_speaking()
  caller:waits "500ms"
  caller:cuts_in "Yes, yes."
  model:says "All right."
  app:expect_tool("read_terms", { output = "interrupted" })
  caller:expect_heard "all right"
end)
