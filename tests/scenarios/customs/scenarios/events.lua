-- events.lua - hooks on what passes between caller and agent (R73).
local test = require "myna.test"

test.scenario("R73 what a hook lets pass reaches the model as it was", function(caller, model, app)
  caller:types "Two bottles of wine."
  model:says "Welcome."
  model:expect("conversation.item.create",
    { item = { content = { { text = "Two bottles of wine." } } } })
  caller:expect_heard "welcome"
  app:expect_state { typed = 1 }
end)

test.scenario("R73 what a hook stops reaches nobody", function(caller, model, app)
  model:expect_no "conversation.item.create"
  caller:sends { type = "conversation.item.create", item = { type = "message", role = "user",
    content = { { type = "input_text", text = "Some contraband." } } } }
  app:expect_state { typed = 1 }
end)

test.scenario("R73 what a hook changes reaches the model changed", function(caller, model)
  caller:types "What colour is the form?"
  model:says "Green."
  model:expect("conversation.item.create",
    { item = { content = { { text = "What color is the form?" } } } })
  caller:expect_heard "green"
end)

for what, line in pairs { ["errs"] = "a broken thing", ["waits"] = "a patient man",
  ["gives what is no event"] = "a forged paper", ["does not end"] = "an endless queue" } do
  test.scenario("R73 a hook that " .. what .. " lets the event pass, and is logged",
    function(caller, model, app)
      caller:types(line)
      model:says "I see."
      model:expect("conversation.item.create", { item = { content = { { text = line } } } })
      app:expect_log "event"
      caller:expect_heard "I see"
    end)
end

test.scenario("R73 an event of the app's own is acted on, and never reaches the model",
  function(caller, model)
    model:expect_no "declare"
    caller:sends { type = "declare", goods = "cheese" }
    caller:expect_event("cleared", { goods = "cheese", boxes = 1 }, { after = "200ms" })
  end)

test.scenario("R73 an own event with a wrong field is an error that names it", function(caller)
  caller:expect_no_event "cleared"
  caller:sends { type = "declare", event_id = "mine", goods = "cheese", boxes = "two" }
  caller:expect_event("error", { error = { event_id = "mine", code = "invalid_value",
    message = test.has "boxes" } })
end)

test.scenario("R73 what the caller is told can be changed and stopped", function(caller, model, app)
  caller:expect_no_event "conversation.item.done"
  caller:types "What is my number?"
  model:says "It is 4711."
  caller:expect_heard "4711"
  caller:expect_event("response.output_audio_transcript.done", { transcript = "It is ####." })
  caller:expect_event "response.done"
  app:expect_state { answers = 1 }
end)
