-- text_agents.lua - a text model behind the voice: what it is asked, its tools, its failures.
local test = require "myna.test"

local function ask(caller, model, words)
  caller:says(words)
  model:calls("ask_supervisor", { input = words })
end

test.scenario("a text agent answers with the conversation so far before it",
  function(caller, model, app)
    caller:expect_heard "good morning"
    ask(caller, model, "May I have a refund?")
    app.text_model:says "Refunds are given within 14 days."
    local asked = app.text_model:expect {
      model = "gpt-4.1", store = false, instructions = "an unknown customer",
      input = test.in_order { "good morning", "May I have a refund" } }
    assert(asked.input[1].role == "assistant" and #asked.tools == 2)
    assert(asked.input[#asked.input].role == "user")
    app:expect_tool("ask_supervisor", { output = "Refunds are given within 14 days." })
    model:says "You may, within two weeks."
    caller:expect_heard "within two weeks"
  end)

test.scenario("its tools run at once, checked and guarded", function(caller, model, app)
  app.http:on("GET /accounts/7"):replies { json = { name = "Sam" }, after = "2s" }
  ask(caller, model, "What do I owe, and may I have it back?")
  app.text_model:responds { calls = {
    { "find_account", { number = "7" } }, { "find_policy", { about = "refunds" } },
    { "find_policy", { about = "weather" } },
    { "find_policy", { about = "roaming", detail = "salaries" } },
    { "find_moon", {} } } }
  app.text_model:says "Sam owes 40 pounds."
  caller:expect_heard("Let me see", { within = "2s" })
  app.text_model:expect({ instructions = "Answer for Sam", input = test.in_order {
    "due", "within 14 days", "not accepted", "not told", "no tool named find_moon" } },
    { within = "2s" })
  app:expect_tool("ask_supervisor", { output = "Sam owes 40 pounds." })
  app:expect_guardrail("secrets", { on = "tool_input", tool = "find_policy" })
  model:says "You owe forty pounds."
  caller:expect_heard "forty pounds"
end)

test.scenario("a tool of a text agent that is off is not offered",
  { state = { no_policies = true } }, function(caller, model, app)
    ask(caller, model, "May I have a refund?")
    app.text_model:calls("find_policy", { about = "refunds" })
    app.text_model:says "I do not know."
    assert(#app.text_model:expect({}).tools == 1)
    app.text_model:expect { input = test.has "find_policy is not available now" }
    model:says "I cannot tell."
  end)

test.scenario("a tool of a text agent has its own time, and its error safe words",
  function(caller, model, app)
    ask(caller, model, "May I have a refund?")
    app.text_model:responds { calls = { { "find_policy", { about = "refunds", detail = "asleep" } },
      { "find_policy", { about = "refunds", detail = "broken" } } } }
    app.text_model:says "It cannot be found."
    caller:expect_heard("Let me see", { within = "2s" })
    app.text_model:expect({ input = test.has "did not answer in time" },
      { after = "2s", within = "5s" }) -- of its 5 s
    app:expect_log { level = "error", error = test.has "the shelf is empty" }
    model:says "I cannot find it."
    caller:expect_heard "cannot find it"
  end)

test.scenario("a function stands in for a tool of a text agent", function(caller, model, app)
  app.tools.find_policy = function(args) return "no rule of " .. args.about end
  ask(caller, model, "And abroad?")
  app.text_model:calls("find_policy", { about = "roaming" })
  app:expect_tool("ask_supervisor", { output = "no rule of roaming" })
  model:says "There is no rule."
end)

test.scenario("a text agent's tool may answer the voice's call early", function(caller, model, app)
  ask(caller, model, "May I have a refund?")
  app.text_model:calls("find_policy", { about = "refunds", detail = "early" })
  app.text_model:says("Within 14 days.", { after = "3s" })
  model:says "Still looking."
  model:expect("conversation.item.create", { item = { output = "I am still looking it up." } })
  app:expect_tool("ask_supervisor", { within = "6s" })
  model:says "Within two weeks."
  caller:expect_heard("Within two weeks", { within = "10s" })
end)

test.scenario("a text agent that never comes to an answer ends", function(caller, model, app)
  ask(caller, model, "May I have a refund?")
  for _ = 1, 4 do app.text_model:calls("find_policy", { about = "refunds" }) end
  app:expect_log { level = "error", error = test.has "max_turns" }
  app:expect_tool("ask_supervisor", { output = test.has "did not work" })
  model:says "I cannot tell."
end)

test.scenario("what is asked is the author's to say", function(caller, model, app)
  caller:says "Good morning, what about abroad?"
  model:calls("ask_shortly", { topic = "roaming" })
  app.text_model:says "It costs extra."
  local asked = app.text_model:expect { input = test.has "In one sentence: roaming" }
  assert(#asked.input == 2 and asked.input[1].content == "Larkfone, good morning.")
  app:expect_tool("ask_shortly", { output = "It costs extra." })
  model:says "It costs extra."
end)

--- What the clerk was asked with.
local function note(caller, model, app, words)
  caller:says(words)
  model:calls("sort_request", { words = words })
  return app
end

test.scenario("an output is data that fits its schema", function(caller, model, app)
  note(caller, model, app, "I want 20 pounds back.")
  app.text_model:says { kind = "refund", amount = 20 }
  local asked = app.text_model:expect { instructions = "Zone Europe/London",
    text = { format = { type = "json_schema", name = "Clerk", strict = false } } }
  assert(asked.text.format.schema.properties.kind.enum[1] == "refund")
  app:expect_state { sorted = { kind = "refund", amount = 20, urgent = false } }
  app:expect_state { usage = { requests = 1, total_tokens = test.any } }
  app:expect_tool("sort_request", { output = { kind = "refund" } })
  model:says "It is noted."
end)

test.scenario("an output that does not fit is asked for once more", function(caller, model, app)
  note(caller, model, app, "I want it back.")
  app.text_model:says { kind = "refund", amount = 0 }
  app.text_model:says { kind = "other", urgent = true }
  app.text_model:expect { input = test.in_order { "refund", "not accepted: amount" } }
  app:expect_state { sorted = { kind = "other", urgent = true }, usage = { requests = 2 } }
  model:says "It is noted."
end)

test.scenario("an output that never fits is an error", function(caller, model, app)
  note(caller, model, app, "I want it back.")
  app.text_model:says "a refund, I think"
  app.text_model:says { kind = "refund", why = "because" }
  app:expect_state { err = { code = "output", message = test.has "does not fit" } }
  app:expect_tool("sort_request", { output = "I could not note that." })
  model:says "I am sorry."
end)

test.scenario("a busy model is asked again when it says", function(caller, model, app)
  app.http:on("POST /v1/responses"):replies({ status = 429, json = {},
    headers = { ["Retry-After"] = "3" } }, { times = 1 })
  note(caller, model, app, "I want it back.")
  app.text_model:says { kind = "refund" }
  app:expect_http "POST /v1/responses"
  app:expect_http("POST /v1/responses", { after = "2900ms", within = "3100ms" })
  app:expect_state { sorted = { kind = "refund" } }
  model:says "It is noted."
end)

test.scenario("an ill model is asked three times", function(caller, model, app)
  app.http:on("POST /v1/responses"):fails(503)
  note(caller, model, app, "I want it back.")
  app:expect_state({ err = { code = "status", status = 503 } }, { within = "4s" })
  for _ = 1, 3 do app:expect_http "POST /v1/responses" end
  model:says "I am sorry."
end)

test.scenario("a refused key is no second try, and its words are not told",
  function(caller, model, app)
    app.http:on("POST /v1/responses"):replies { status = 401,
      json = { error = { message = "Incorrect API key provided: sk-se****et" } } }
    note(caller, model, app, "I want it back.")
    app:expect_state { err = { code = "status", status = 401, message = "the key was refused" } }
    app:expect_log { error = test.has "the key was refused" }
    model:says "I am sorry."
  end)

test.scenario("a silent model ends as a time-out", { silence = false },
  function(caller, model, app)
    app.http:on("POST /v1/responses"):stalls()
    note(caller, model, app, "I want it back.")
    app:expect_state({ err = { code = "timeout" } }, { after = "7s", within = "30s" })
    model:says "I am sorry."
    caller:expect_heard "I am sorry"
  end)

test.scenario("the stand-in answers text agents too", { brain = true }, function(caller, _, app)
  caller:says "Please sort a refund request of 20 pounds."
  app:expect_tool("sort_request", { within = "10s" })
  app:expect_state { sorted = { kind = "refund" } }
end)

test.scenario("a text agent's words come as they are written", function(caller, model, app)
  caller:says "Write to them."
  model:calls("draft", { about = "the refund" })
  app.text_model:says "Dear team, pay it."
  assert(app.text_model:expect({}).stream == true)
  caller:expect_event("draft", { words = "Dear" })
  caller:expect_event("draft", { words = " team," })
  caller:expect_event("draft", { words = " it." })
  app:expect_state { letter = "Dear team, pay it." }
  model:says "It is done."
  caller:expect_heard "done"
end)

test.scenario("a streamed answer may call tools first", function(caller, model, app)
  caller:says "Write to them."
  model:calls("read_out", { input = "the refund" })
  app.text_model:calls("find_policy", { about = "refunds" })
  app.text_model:says "Within 14 days."
  app:expect_tool("read_out", { output = "Within 14 days." })
  app:expect_state { heard = "|Within| 14| days." }
  model:says "It is done."
end)

test.scenario("a streamed answer that fails says why", function(caller, model, app)
  caller:says "Write to them."
  app.http:on("POST /v1/responses"):replies { body = 'event: response.failed\ndata: '
    .. '{"type":"response.failed","response":{"status":"failed","output":[],'
    .. '"error":{"message":"out of ink"}}}\n\n' }
  model:calls("draft", { about = "the refund" })
  app:expect_log { error = test.has "out of ink" }
  app:expect_tool("draft", { output = "could not be written" })
  model:says "I could not."
end)

test.scenario("a stream that ends too early, or is refused, is an error",
  function(caller, model, app)
    app.http:on("POST /v1/responses"):replies({ body = "data: {}\n\n" }, { times = 1 })
    caller:says "Write to them."
    model:calls("draft", { about = "the refund" })
    app:expect_log { error = test.has "ended before its end" }
    app:expect_tool("draft", { output = "could not be written" })
    model:says "I could not."
    app.http:on("POST /v1/responses"):fails(400)
    caller:says "Again."
    model:calls("draft", { about = "the refund" })
    app:expect_log { error = test.has "Writer': status" }
    model:says "I could not, again."
    caller:expect_heard "again"
  end)

test.scenario("handlers hear of a text agent's tools", function(caller, model, app)
  ask(caller, model, "May I have a refund?")
  app.text_model:calls("find_policy", { about = "refunds" })
  app.text_model:says "Within 14 days."
  app:expect_tool_started("find_policy", { args = { about = "refunds" } })
  app:expect_tool("find_policy", { output = "within 14 days" })
  app:expect_state { asked = "Supervisor find_policy", told = test.has "within 14 days" }
  model:says "Within two weeks."
  caller:expect_heard "two weeks"
end)

test.scenario("a text agent's tool that is stopped has an end, too", function(caller, model, app)
  caller:says "May I have a refund? Be short."
  model:calls("ask_shortly", { topic = "refunds" })
  app.text_model:calls("find_policy", { about = "refunds", detail = "asleep" })
  app:expect_tool_started "find_policy"
  app:expect_tool("find_policy", { output = "It was stopped.", after = "1s", within = "3s" })
  model:says "I cannot find it."
  caller:expect_heard "cannot find it"
end)
