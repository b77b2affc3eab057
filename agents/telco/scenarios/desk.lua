-- desk.lua - the voice and the desk: who answers what, and what happens when the desk does not.
local test = require "myna.test"

-- The caller says it, and the voice passes it on.
local function asks(caller, model, words)
  caller:says(words)
  model:calls("ask_desk", { question = words })
end

test.scenario("small talk needs no desk", function(caller, model)
  caller:expect_heard "This is Ivo"
  caller:says "Are you a real person?"
  model:says "No, I am a voice assistant of Northline."
  caller:expect_heard "voice assistant"
end)

test.scenario("a question of policy is looked up, then answered", function(caller, model, app)
  asks(caller, model, "Is data free in Norway?")
  app.text_model:calls("look_up", { question = "data in Norway" })
  app.text_model:says "Data is part of your plan there, up to eight gigabytes a month."
  app.text_model:expect { input = test.has "up to 8 gigabytes" } -- what is written, not remembered
  app:expect_tool("ask_desk", { output = test.has "eight gigabytes" })
  model:says "Yes, up to eight gigabytes a month."
  caller:expect_heard "eight gigabytes"
end)

test.scenario("the desk knows what was said before", function(caller, model, app)
  caller:says "My bill is odd. I was in Oslo last month."
  model:says "I am sorry to hear that. Let me see."
  asks(caller, model, "Why is it so high?")
  app.text_model:says "I need the number of the line and the postcode."
  app.text_model:expect { instructions = test.has "account that is open: none",
    input = test.in_order { "I was in Oslo", "Why is it so high" } }
  app:expect_tool("ask_desk", { output = test.has "postcode" })
  model:says "What is the number of your line?"
  caller:expect_heard "number of your line"
end)

test.scenario("a desk that thinks long is bridged", function(caller, model, app)
  caller:expect_no_silence { over = "4s" }
  asks(caller, model, "May I leave in March?")
  app.text_model:says("Yes, with thirty days' notice.", { after = "5s" })
  caller:expect_heard("Just a second", { within = "3s" })
  app:expect_tool("ask_desk", { within = "8s" })
  model:says "You may, with thirty days' notice."
  caller:expect_heard "thirty days"
end)

test.scenario("talk goes on while the desk thinks, and its answer is not lost",
  function(caller, model, app)
    asks(caller, model, "May I leave in March?")
    app.text_model:says("Yes, with thirty days' notice.", { after = "6s" })
    caller:expect_heard("Just a second", { within = "3s" })
    caller:cuts_in "I am in a hurry, you know!"
    model:says "I understand, it will not be long."
    app:expect_tool("ask_desk", { output = test.has "thirty days", within = "8s" })
    model:says "Thirty days' notice, then you are free."
    caller:expect_heard "Thirty days"
  end)

test.scenario("a busy desk is asked again", { silence = "12s" }, function(caller, model, app)
  app.http:on("POST /v1/responses"):fails(429, { times = 1 })
  asks(caller, model, "May I pay later?")
  app.text_model:says "Up to two weeks, without a charge."
  app:expect_tool("ask_desk", { output = test.has "two weeks", within = "10s" })
  model:says "Yes, up to two weeks."
  caller:expect_heard "two weeks"
end)

test.scenario("a desk that is down is told as that", { tags = { "error" }, silence = "20s" },
  function(caller, model, app)
    app.http:on("POST /v1/responses"):fails(500)
    asks(caller, model, "May I pay later?")
    app:expect_tool("ask_desk", { output = test.has "cannot be reached", within = "20s" })
    app:expect_log { level = "error", error = test.has "Desk" }
    model:says "I cannot reach our desk. Shall somebody call you back?"
    caller:expect_heard "call you back"
  end)

test.scenario("a desk that never answers ends before patience does",
  { tags = { "error" }, silence = "30s" }, function(caller, model, app)
    app.http:on("POST /v1/responses"):stalls()
    asks(caller, model, "May I pay later?")
    app:expect_tool("ask_desk", { output = test.has "cannot be reached", within = "45s" })
    app:expect_log { level = "error", error = test.has "timeout" }
    model:says "That takes too long today. May somebody call you back?"
    caller:expect_heard "call you back"
  end)

test.scenario("a desk that asks its tools for ever is stopped", { tags = { "error" } },
  function(caller, model, app)
    asks(caller, model, "What is this bill?")
    for _ = 1, 6 do app.text_model:calls("look_up", { question = "bills" }) end
    app:expect_tool("ask_desk", { output = test.has "cannot be reached", within = "20s" })
    app:expect_log { level = "error", error = test.has "max_turns" }
    model:says "I could not find out. May somebody call you back?"
    caller:expect_heard "call you back"
  end)

test.scenario("a caller who hangs up leaves nothing behind", function(caller, model, app)
  asks(caller, model, "What do I owe?")
  app.text_model:says("Eighteen pounds.", { after = "8s" })
  caller:expect_heard("Just a second", { within = "3s" })
  caller:hangs_up()
end)

test.scenario("the voice promises nothing, though it was told to", function(caller, model, app)
  asks(caller, model, "I want my money back!")
  app.text_model:says "We guarantee compensation."
  app:expect_tool "ask_desk"
  model:says "We guarantee that you get it back."
  app:expect_guardrail "words"
  model:says "A colleague looks at it, and calls you within a day."
  caller:expect_heard "within a day"
end)

test.scenario("a card's number is not read out", function(caller, model, app)
  caller:says "Which card do I pay with?"
  model:says "With 4111 1111 1111 1111."
  app:expect_guardrail "personal_data"
  model:says "I cannot read that out, I am afraid."
  caller:expect_heard "cannot read that out"
end)
