-- answers.lua - who may speak next.
local test = require "myna.test"

test.scenario("R1 what is asked for while an answer is on its way is asked for after it",
  function(caller, model)
    caller:says "Who is there?"
    caller:expect_event "response.created"
    caller:sends { type = "response.create" }
    model:says "The front desk."
    model:says "And the back office."
    caller:expect_heard "front desk"
    caller:expect_heard "back office"
  end)

test.scenario("R2 a request that comes at a bad moment is made again", function(caller, model)
  caller:expect_heard "exchange"
  model:garbles "already_active"
  caller:sends { type = "response.create", response = { metadata = { topic = "rings" } } }
  caller:cuts_in "Hello?"
  model:says "Hello."
  model:says "It rings."
  caller:expect_heard "hello"
  caller:expect_heard "it rings"
end)

test.scenario("R4 an answer of which nothing more comes is cancelled", { silence = false },
  function(caller, model)
    caller:expect_heard "exchange"
    caller:says "Who is there?"
    model:says("The front desk, and behind it the back office, and behind that nobody at all.",
      { lasts = "12s" })
    caller:expect_heard "the front desk"
    model:stalls "40s"
    model:expect("response.cancel", { after = "19s", within = "21s" })
    caller:hangs_up()
  end)

test.scenario("R3 nothing is cancelled while nobody answers", function(caller, model)
  model:expect_no "response.cancel"
  caller:expect_heard "exchange"
  caller:expect_silence()
  caller:says "Who is there?"
  model:says "The front desk."
  caller:expect_heard "front desk"
end)

test.scenario("R4 a request that nothing comes of is made once more", { silence = false },
  function(caller, model, app)
    caller:expect_heard "exchange"
    model:stalls "6s"
    caller:types "Who is there?"
    model:says "The front desk."
    model:expect("response.create", { within = "1s" })
    model:expect("response.create", { after = "4900ms", within = "5100ms" })
    app:expect_error "response_owed"
    caller:expect_heard("front desk", { within = "8s" })
  end)

test.scenario("R6 an answer that failed is asked for once more", function(caller, model, app)
  caller:expect_heard "exchange"
  model:fails "rate_limit_exceeded"
  caller:says "Who is there?"
  model:says "The front desk."
  app:expect_error "rate_limit_exceeded"
  model:expect("response.create", { after = "900ms", within = "2500ms" })
  caller:expect_heard "front desk"
end)

test.scenario("R6 the caller is told of an answer that failed twice, and the call goes on",
  { silence = false }, function(caller, model, app)
    caller:expect_heard "exchange"
    model:fails "server_error"
    caller:says "Who is there?"
    app:expect_error "server_error"
    model:fails "server_error"
    caller:expect_event("error", { error = { type = "server_error", code = "response_failed" } })
    app:expect_error "server_error"
    app:expect_error "response_failed"
    caller:says "Is anybody there?"
    model:says "The front desk."
    caller:expect_heard "front desk"
  end)

test.scenario("R64 an error that no connection heals ends the call, in words for the caller",
  { silence = false }, function(caller, model, app)
    caller:expect_heard "exchange"
    model:fails "insufficient_quota"
    caller:says "Who is there?"
    caller:expect_event("error", { error = { code = "upstream_refused",
      message = "The model does not serve this call just now." } })
    app:expect_error { code = "insufficient_quota", class = "fatal" }
    app:expect_error "upstream_refused"
    caller:expect_hung_up()
  end)

test.scenario("R7 the agent speaks first, and no message is made up for it", function(caller, model)
  model:expect_no("conversation.item.create", { item = { type = "message" } })
  caller:expect_heard "exchange"
end)

test.scenario("R8 words to be said do not replace the agent's instructions", function(_, model)
  model:expect("response.create", { response = { instructions = "You are the front desk" } })
end)
