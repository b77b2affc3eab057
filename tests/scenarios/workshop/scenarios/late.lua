-- late.lua - tools that answer now, and tell their result later.
local test = require "myna.test"

local function begins(caller, model, app, args)
  caller:says "Sand it, please."
  model:calls("sand", args)
  app:expect_tool_started "sand"
  model:expect("conversation.item.create", { item = { type = "function_call_output",
    output = "I have begun" } })
  model:says "I am sanding it."
  caller:expect_heard "sanding it"
end

test.scenario("R17 talk goes on while a tool runs, and its result is told when nobody speaks",
  function(caller, model, app)
    begins(caller, model, app, { seconds = 12 })
    caller:says "And how are you?"
    model:says "I am well, thank you."
    caller:expect_heard "well"
    app:expect_tool("sand", { output = "the board is smooth", within = "12s" })
    model:expect("conversation.item.create", { item = { role = "system",
      content = { { text = test.has "the board is smooth" } } } })
    model:says "Your board is smooth now."
    caller:expect_heard "smooth now"
  end)

test.scenario("R17 a late result does not talk over anybody", function(caller, model, app)
  begins(caller, model, app, { seconds = 9 })
  caller:says("Tell me a story, and a long one, as I have all the time in the world today.")
  model:says("Once upon a time there was a board that nobody wanted, until a carpenter came.",
    { lasts = "8s" })
  app:expect_tool("sand", { output = "the board is smooth" })
  caller:expect_heard("until a carpenter came", { within = "9s" })
  model:says "And your board is smooth now."
  caller:expect_heard "smooth now"
end)

test.scenario("R17 several late results are told in one", function(caller, model, app)
  caller:says "Sand two boards, please."
  model:responds { calls = { { "sand", {} }, { "sand", { seconds = 7 } } } }
  app:expect_tool_started "sand"
  model:says("I am sanding them, and it takes so long that I can tell you all about it meanwhile.",
    { lasts = "9s" })
  app:expect_tool("sand", { within = "8s" })
  app:expect_tool "sand"
  caller:expect_heard "meanwhile"
  model:says "Both boards are smooth."
  caller:expect_heard("both boards", { within = "8s" })
  app:expect_usage { responses = 3 } -- the calls, the answer, one telling
end)

test.scenario("R17 an answer that begins after a late result tells it, and no other is asked for",
  function(caller, model, app)
    begins(caller, model, app, { seconds = 5 })
    caller:says "While you do that, let me tell you about the board: it was once my grandfather's."
    app:expect_tool("sand", { output = "the board is smooth" })
    model:says "It is smooth now, your grandfather's board."
    caller:expect_heard "grandfather's board"
    caller:waits "3s"
    app:expect_usage { responses = 3 } -- the call, the answer, and the one to these words
  end)

test.scenario("R17 a late error is told in safe words", { tags = { "error" } },
  function(caller, model, app)
    begins(caller, model, app, { breaks = true })
    app:expect_tool("sand", { output = "did not work" })
    app:expect_log { level = "error", tool = "sand", error = test.has "belt is torn" }
    model:expect("conversation.item.create", { item = { role = "system",
      content = { { text = test.has "did not work" } } } })
    model:says "It did not work, I am sorry."
    caller:expect_heard "sorry"
  end)

test.scenario("R17 what takes too long is told in safe words", { tags = { "error" } },
  function(caller, model, app)
    begins(caller, model, app, { seconds = 60 })
    app:expect_tool("sand", { output = "in time", within = "31s" })
    model:says "It takes too long today."
    caller:expect_heard "too long"
  end)

test.scenario("R15 R17 cutting in does not cancel what talk was to go on beside",
  function(caller, model, app)
    begins(caller, model, app, {})
    caller:cuts_in "Good."
    model:says "Yes."
    app:expect_tool("sand", { output = "the board is smooth" })
    model:says "Your board is smooth now."
    caller:expect_heard "smooth now"
  end)
