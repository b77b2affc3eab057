-- history.lua - what the next agent knows, and what a script makes of what was said.
local test = require "myna.test"

test.scenario("R24 an agent with no history knows nothing, and says the words it is given",
  function(caller, model, app)
    caller:says "I am Sam."
    model:says "Hello Sam."
    caller:says "Somebody fresh, please."
    model:hands_off "Blank"
    app:expect_handoff "Blank"
    app:expect_history { text = "I am Sam", forgotten = true }
    app:expect(function(_, history)
      return history[2].forgotten and history[3].forgotten and not history[4].forgotten
    end)
    model:expect("session.update", { session = { instructions = "You are Blank." } })
    model:expect "conversation.item.delete"
    caller:expect_heard "Blank here."
    caller:expect_no_event "conversation.item.deleted"
  end)

test.scenario("R24 a function sums up for the next agent", function(caller, model, app)
  caller:says "I am Sam."
  model:calls "look_up"
  app:expect_tool("look_up", { output = "Sam" })
  model:says "I found you."
  caller:expect_heard "I found you"
  caller:says "Move me."
  model:calls "summed_up"
  app:expect_handoff "Blank"
  app:expect_history { type = "function_call", name = "look_up", forgotten = true }
  app:expect_history { role = "system", text = "Known: Sam" }
  model:expect("conversation.item.create", { item = { role = "system" } })
  app:expect_history { text = "I found you" }
  model:says "Sam, is it?"
  caller:expect_heard "Sam, is it"
end)

test.scenario("R24 a function that fails leaves the old agent", function(caller, model, app)
  caller:says "Move me."
  model:calls "broken"
  app:expect_tool("broken", { output = "The transfer failed" })
  app:expect_log { text = "a tool failed" }
  model:says "I stay."
  caller:expect_heard "I stay"
  model:expect_no "conversation.item.delete"
end)

test.scenario("R25 a script moves the call with some of the history and words to say",
  function(caller, model, app)
    caller:says "I am Sam."
    model:says "Hello Sam."
    caller:says "Pong, please."
    model:calls("forward", { to = "Pong" })
    app:expect_handoff "Pong"
    app:expect_history { text = "I am Sam", forgotten = true }
    app:expect(function(_, history)
      for _, item in ipairs(history) do
        if item.name == "forward" then return not item.forgotten end
      end
    end)
    caller:expect_heard "By script."
  end)

test.scenario("R25 a script brings input along", function(caller, model, app)
  caller:says "It is about parking."
  model:calls "brief"
  app:expect_handoff "Third Desk"
  app:expect_state { topic = "parking", entered = true }
  model:says "Yes?"
  caller:expect_heard "Yes"
end)

test.scenario("R26 a tool's result changes instructions and tools before the answer",
  { start = "Blank" }, function(caller, model, app)
    model:expect_session { instructions = "You are Blank." }
    caller:says "I am Sam."
    model:calls "look_up"
    app:expect_tool("look_up", { output = "Sam" })
    model:expect("session.update", { session = { instructions = "The caller is known" } })
    model:expect "response.create"
    model:says "I know you now."
    caller:expect_heard "I know you now"
    model:expect_session { tools = { { name = "look_up" }, { name = "pay" } } }
    app:expect_history { type = "config", text = "instructions, tools" }
    caller:says "Then let me pay."
    model:calls "pay"
    app:expect_tool("pay", { output = "paid" })
    model:expect_no "session.update"
    model:says "Paid."
    caller:expect_heard "Paid"
  end)

test.scenario("R50 R51 what was said and done stands in its order", function(caller, model, app)
  caller:says "I am Sam."
  model:calls "look_up"
  app:expect_tool("look_up", { output = "Sam" })
  model:says "I found you."
  caller:expect_heard "I found you"
  caller:says "Pong, please."
  model:hands_off "Pong"
  app:expect_handoff "Pong"
  model:says "Pong here."
  caller:expect_heard "Pong here"
  caller:sends { type = "conversation.item.create", item = { type = "message", role = "user",
    content = { { type = "input_text", text = "This." },
      { type = "input_image", image_url = "data:image/png;base64,AAAA" } } } }
  app:expect_history { text = "This.", images = { { type = "image/png", bytes = 3 } } }
  app:expect(function(state, history)
    local seen = {}
    for i, item in ipairs(history) do seen[i] = item.role or item.type end
    return table.concat(seen, " ")
      == "user function_call assistant user function_call handoff assistant user"
      and state.added == #history -- each was told of once
  end)
end)

test.scenario("R52 a script edits the history, the model hears", function(caller, model, app)
  caller:says "I am nobody."
  model:says "Hello."
  caller:expect_heard "Hello"
  caller:says "Tidy up."
  model:calls "tidy"
  app:expect_tool("tidy", { output = "system: The caller is Sam." })
  model:expect "conversation.item.delete"
  model:expect("conversation.item.create", { item = { role = "system",
    content = { { text = "The caller is Sam." } } } })
  caller:expect_no_event "conversation.item.deleted"
  app:expect(function(state, history)
    return history[1].text == "Hello." and state.dump:find("The caller is Sam", 1, true)
  end)
  model:says "Done."
  caller:expect_heard "Done"
end)

test.scenario("R52 a call begins with what another one kept",
  { history = { { type = "message", role = "user", text = "I am Sam." },
    { type = "message", role = "assistant", agent = "Ping", text = "Hello Sam, I",
      interrupted = true, heard_ms = 600, full_text = "Hello Sam, I am Ping." },
    { type = "handoff", from = "Pong", to = "Ping" },
    { type = "function_call", name = "look_up", call_id = "call_1", arguments = "{}",
      output = "Sam" } } },
  function(caller, model, app)
    model:expect_no("conversation.item.create", { item = { content = { { text = "I am Ping" } } } })
    model:expect("conversation.item.create", { item = { role = "assistant",
      content = { { type = "output_text", text = "Hello Sam, I" } } } })
    model:expect("conversation.item.create", { item = { type = "function_call_output",
      output = "Sam" } })
    caller:says "Do you remember me?"
    model:says "Of course, Sam."
    caller:expect_heard "Of course"
    app:expect_history { role = "user", text = "I am Sam." }
    app:expect_history { type = "handoff", to = "Ping" }
    caller:expect_no_event("conversation.item.added",
      { item = { content = { { text = "I am Sam." } } } })
  end)
