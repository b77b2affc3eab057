-- proxy.lua - what passes between clients and the model: answered, kept, changed, stopped.
-- tests/e2e/bartender.test.mjs does the same over real sockets, with the paths below /openai.
local test = require "myna.test"

local check = "POST /ids/check"

local function item(text)
  return { type = "conversation.item.create", item = { type = "message", role = "user",
    content = { { type = "input_text", text = text } } } }
end

test.scenario("the client is told of the connection, then of the session",
  { state = { client_id = "client1" } }, function(caller)
    caller:expect_event("connection_established", { client_id = "client1",
      message = "Connected to OpenAI Realtime API", openai_connected = true })
    caller:expect_event("session.created", { session = {
      instructions = "You are a helpful bartender assistant..." } })
  end)

test.scenario("a client calls a function, and Remy knows the guest", function(caller, model, app)
  app.http:on(check):replies { json = { valid = true, guest = "g_1" } }
  app.http:on("POST /orders"):replies(function(request)
    assert(request.json.guest == "g_1")
    return { status = 201, json = { order = 1, item = "Margarita", quantity = 2, total = 25.98 } }
  end)
  caller:sends { type = "function_call", function_name = "check_id",
    arguments = { id_number = "123456789" } }
  caller:expect_event("function_call_result", { function_name = "check_id",
    result = { status = "id_checked", valid = true } })
  caller:says "Two margaritas, please."
  model:calls("place_order", { item = "Margarita", quantity = 2 })
  app:expect_tool("place_order", { output = { status = "order_placed" } })
  model:says "Twenty-five ninety-eight."
  caller:expect_heard "ninety-eight"
end)

for what, row in pairs {
  ["no function"] = { { type = "function_call" }, "unknown_function", "function_name" },
  ["a function nobody has"] = { { type = "function_call", function_name = "open_till" },
    "unknown_function", "function_name" },
  ["Remy's own words"] = { { type = "function_call", function_name = "hang_up" },
    "unknown_function", "function_name" },
  ["arguments that are text"] = { { type = "function_call", function_name = "check_id",
    arguments = "123456789" }, "invalid_format", "arguments" },
  ["arguments that are missing"] = { { type = "function_call", function_name = "check_id" },
    "invalid_arguments", "arguments" },
  ["content that is text"] = { { type = "conversation.item.create", item = { type = "message",
    role = "user", content = "A beer." } }, "invalid_format", "content" },
  ["a type nobody knows"] = { { type = "pour" }, "invalid_format", "type" },
  ["no JSON"] = { "a beer, please", "invalid_format" },
} do
  test.scenario("an error for " .. what, { tags = { "error" } }, function(caller)
    caller:sends(row[1])
    local got = caller:expect_event("error", { event_id = test.starts "error",
      error = { type = "invalid_request_error", code = row[2], param = row[3] } })
    assert(type(got.error.message) == "string")
  end)
end

test.scenario("a function that fails is an error in words", { tags = { "error" } },
  function(caller, _, app)
    app.http:on("GET /menu"):refuses()
    caller:sends { type = "function_call", function_name = "get_menu", arguments = {} }
    caller:expect_event("error", { error = { type = "server_error", code = "function_failed",
      param = "function_name", message = test.has "cannot reach the till" } })
  end)

test.scenario("a client is given a token", { caller = { user = { id = "ann" } } },
  function(caller)
    caller:sends { type = "get_token" }
    local got = caller:expect_event("token", { token = test.matches "^ek_", expires_in = 60 })
    assert(got.client_secret.value == got.token)
  end)

test.scenario("a token does not get others for ever", { at = "2026-01-05 10:00",
  tags = { "error" }, caller = { user = { id = "ann", claims = { last = 1767000000 } } } },
  function(caller) -- a week ago
    caller:expect_no_event "token"
    caller:sends { type = "get_token" }
    caller:expect_event("error", { error = { code = "key_required" } })
  end)

test.scenario("a card's number never reaches the model", function(caller, model)
  caller:types "Charge 4111 1111 1111 1111, please."
  model:says "You pay at the bar."
  model:expect("conversation.item.create",
    { item = { content = { { text = "Charge [card number], please." } } } })
  caller:expect_heard "at the bar"
end)

test.scenario("what is far too long is stopped", { tags = { "error" } }, function(caller, model)
  model:expect_no "conversation.item.create"
  caller:sends(item(("beer "):rep(500)))
  caller:expect_event("error", { error = { code = "message_refused", param = "content" } })
end)

test.scenario("the number of an ID is not shown again", function(caller, model)
  caller:says "What did I tell you?"
  model:says "Your number is 123456789."
  caller:expect_event("response.output_audio_transcript.done",
    { transcript = "Your number is [number]." })
end)

test.scenario("a card is not read out", function(caller, model, app)
  caller:says "Which card is on file?"
  model:says "It is 4111 1111 1111 1111."
  app:expect_guardrail "personal_data"
  model:says "I have no cards here."
  caller:expect_heard "no cards"
end)

test.scenario("a client whose line breaks comes back to the same call",
  { caller = { events = "myna" }, state = { client_id = "client1" } }, function(caller, model)
    caller:expect_heard "Remy here"
    caller:says "A beer, please."
    model:says "May I have the number of your ID?"
    caller:expect_heard "your ID"
    caller:drops()
    caller:returns()
    caller:says "Sorry, I was in the lift."
    model:says "No worries. Your ID?"
    caller:expect_heard "No worries"
  end)

test.scenario("the model's line breaks in the middle of an order", function(caller, model)
  caller:expect_heard "Remy here"
  caller:says "A beer, please."
  model:says "May I have the number of your ID?"
  caller:expect_heard "your ID"
  model:drops()
  caller:says "One moment, I look for it."
  model:says "Take your time."
  caller:expect_heard "Take your time"
end)
