-- tools.lua - whose tools run, when, and what follows them.
local test = require "myna.test"

test.scenario("R10 a call that was not completed does not run", { silence = false },
  function(caller, model)
    caller:expect_heard "exchange"
    model:expect_no("conversation.item.create", { item = { type = "function_call_output" } })
    caller:sends { type = "response.create", response = { max_output_tokens = 4 } }
    model:calls("place", { why = "The caller wants to know, and so does everybody else here." })
    caller:expect_event("response.done", { response = { status = "incomplete" } })
  end)

test.scenario("R12 one answer follows calls that end at different times",
  function(caller, model, app)
    caller:says "Ring them, and note that I asked."
    model:responds { calls = { { "ring", {} }, { "note", {} } } }
    app:expect_tool("note", { output = "written down" })
    caller:expect_no_heard "written down"
    app:expect_tool("ring", { output = "nobody answers" })
    model:says "I noted it, but nobody answers."
    caller:expect_heard "I noted it"
    app:expect_usage { responses = 3 } -- the greeting, the calls, the answer
  end)

test.scenario("R13 a call delivered twice runs once, and is answered once",
  function(caller, model, app)
    caller:expect_heard "exchange"
    model:garbles "call_twice"
    caller:says "Where am I?"
    model:calls("place", { why = "They ask." })
    app:expect_tool("place", { output = "at the front" })
    model:says "At the front."
    caller:expect_heard "at the front"
    app:expect_usage { responses = 3 } -- the greeting, the call, the answer
  end)

test.scenario("R14 R20 after a handoff the new agent's tools serve", function(caller, model, app)
  caller:says "The back office, please, and where am I then?"
  model:hands_off "Back"
  app:expect_handoff "Back"
  model:calls("place", {})
  app:expect_tool("place", { output = "at the back" })
  model:says "Here is the back office."
  caller:expect_heard "back office"
end)

test.scenario("R14 a sibling of a handoff runs with the old agent's tools",
  function(caller, model, app)
    local why = ("and why not? "):rep(400) -- so long that the handoff is over before it
    caller:says "The back office, please, and where am I?"
    model:responds { calls = { { "transfer_to_Back", {} }, { "place", { why = why } } } }
    app:expect_handoff "Back"
    app:expect_tool("place", { output = "at the front" })
    model:says "Here is the back office."
    caller:expect_heard "back office"
  end)

test.scenario("R15 a tool that is cancelled by cutting in says so", function(caller, model, app)
  caller:says "Ring them, please."
  model:calls("ring", {})
  app:expect_tool_started "ring"
  caller:waits "500ms"
  caller:cuts_in "Never mind."
  app:expect_tool("ring", { output = "cancelled", within = "1s" })
  model:says "I stopped ringing."
  caller:expect_heard "stopped"
end)

test.scenario("R65 a turn has so many tools and no more", function(caller, model, app)
  caller:says "Where am I? Where am I?"
  for _ = 1, 3 do
    model:calls("place", {})
    app:expect_tool("place", { output = "at the front" })
  end
  model:calls("place", {})
  app:expect_tool("place", { output = "Too many tools" })
  model:says "At the front desk."
  caller:expect_heard "front desk"
end)

test.scenario("R65 a call that has lasted its longest ends", function(caller)
  caller:expect_heard "exchange"
  caller:expect_heard("(words of the model's own)", { after = "119s", within = "122s" })
  caller:expect_hung_up { reason = "longest duration", within = "5s" }
end)
