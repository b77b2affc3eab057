-- trouble.lua - what scenarios can make go wrong, and what the caller notices of it.
local test = require "myna.test"

test.scenario("the connection to the model breaks, and none comes instead", { silence = false },
  function(caller, model, app)
    app.http:on("GET /books"):stalls()
    caller:says "Have you got Dune?"
    model:calls("find", {})
    app:expect_tool_started "find"
    model:refuses(503, { times = 5 })
    model:drops()
    app:expect_error("upstream_lost", { within = "20s" })
    caller:expect_hung_up { reason = "upstream_lost" }
  end)

test.scenario("the model closes with a code", { caller = { events = "myna" } },
  function(caller, model)
    caller:expect_heard "library"
    model:drops { code = 1011, reason = "internal" }
    caller:expect_event("myna.session.reconnecting", { code = 1011, try = 1 })
    caller:expect_event "myna.session.resumed"
  end)

test.scenario("a model that stalls goes on where it was", { silence = false },
  function(caller, model)
    caller:expect_heard "library"
    model:stalls "6s"
    caller:says "Have you got Dune?"
    model:says "Yes."
    caller:expect_heard("yes", { after = "4s", within = "7s" })
  end)

test.scenario("a slow first word is waited for", function(caller, model)
  caller:expect_heard "library"
  model:lags "2s"
  caller:says "Have you got Dune?"
  model:says "Yes."
  caller:expect_heard("yes", { after = "2s", within = "4s" })
end)

test.scenario("an answer that fails is told", { silence = false }, function(caller, model, app)
  caller:expect_heard "library"
  model:fails "rate_limit_exceeded"
  caller:says "Have you got Dune?"
  app:expect_error "rate_limit_exceeded"
  caller:hangs_up()
end)

test.scenario("rubbish is passed over", function(caller, model)
  caller:expect_heard "library"
  for _, how in ipairs { "not_json", "cut_short", "wrong_type", "strange_delta" } do
    model:garbles(how)
    caller:says "Have you got Dune?"
    model:says "Yes."
    caller:expect_heard "yes"
  end
end)

test.scenario("what the caller said is told as late as asked", function(caller, model)
  caller:expect_heard "library"
  model:garbles("late_transcript", { after = "3s" })
  caller:says "Have you got Dune?"
  model:says "Yes."
  caller:expect_event("conversation.item.input_audio_transcription.completed",
    { transcript = "Dune", after = "3s", within = "5s" })
end)

test.scenario("a refused update names the code asked for", function(caller, model, app)
  caller:expect_heard "library"
  model:garbles("refuse_update", { code = "rate_limit_exceeded" })
  caller:says "I have a fine to pay."
  model:hands_off "Bob"
  app:expect_error "rate_limit_exceeded"
  model:says "Bob is not in."
end)

test.scenario("a session whose time is over is followed by another", function(caller, model, app)
  caller:expect_heard "library"
  model:expires()
  app:expect_error "session_expired"
  caller:says "Have you got Dune?"
  model:says "Yes."
  caller:expect_heard "yes"
end)

test.scenario("a caller whose network breaks leaves nothing behind", function(caller, model, app)
  app.http:on("GET /books"):stalls()
  caller:says "Have you got Dune?"
  model:calls("find", {})
  app:expect_tool_started "find"
  caller:drops()
end)

test.scenario("a server fails twice, then answers", function(caller, model, app)
  app.http:on("GET /books"):replies { json = { title = "Dune" } }
  app.http:on("GET /books"):fails(503, { times = 1 })
  app.http:on("GET /books"):refuses { times = 1 }
  for _, output in ipairs { "did not work", "did not work", "Dune" } do
    caller:says "Have you got Dune?"
    model:calls("find", {})
    app:expect_tool("find", { output = test.has(output) })
  end
end)

test.scenario("the stand-in answers what no line does", { brain = true },
  function(caller, _, app)
    app.http:on("GET /books"):replies { json = { title = "Dune" } }
    caller:says "Find me a book."
    app:expect_tool("find", { output = { title = "Dune" } })
    caller:expect_heard "Dune"
    app:expect_usage { responses = 3, total_tokens = test.any }
  end)
