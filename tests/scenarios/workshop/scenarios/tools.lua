-- tools.lua - every call is answered, exactly once, whatever its tool does.
local test = require "myna.test"

test.scenario("R11 a tool that takes too long is answered when its time is over",
  function(caller, model, app)
    caller:says "Wait, please."
    model:calls("wait", {})
    app:expect_tool("wait", { output = "in time", after = "2s", within = "3s" })
    model:says "That took too long."
    caller:expect_heard "too long"
  end)

test.scenario("R11 bad arguments never reach the tool", function(caller, model, app)
  caller:says "Count to many."
  model:calls("count", { n = "many" })
  app:expect_tool("count", { output = "n" })
  model:calls("count", { n = 3 })
  app:expect_tool("count", { output = "counted 3" })
  model:says "Three."
  caller:expect_heard "three"
  app:expect_state { count = 3 }
end)

test.scenario("R11 arguments that are not JSON are answered", function(caller, model, app)
  caller:says "Count."
  model:calls("count", '{"n": 1')
  app:expect_tool("count", { output = "not valid JSON" })
  model:says "Let me try that again."
  caller:expect_heard "again"
end)

test.scenario("R11 a tool nobody has is answered", function(caller, model, app)
  caller:says "Dance."
  model:calls("dance", {})
  app:expect_tool("dance", { output = "no such tool" })
  model:says "I cannot."
  caller:expect_heard "cannot"
end)

test.scenario("R11 a tool that raises gives safe words, and the log has the line",
  function(caller, model, app)
    caller:says "Fail."
    model:calls("fail", {})
    app:expect_tool("fail", { output = "did not work" })
    app:expect_log { level = "error", tool = "fail", error = test.has "agent.lua" }
    model:says "Sorry."
    caller:expect_heard "sorry"
  end)

test.scenario("R11 a tool that loops is stopped, and the call goes on", function(caller, model, app)
  caller:says "Spin."
  model:calls("spin", {})
  app:expect_tool("spin", { output = test.any, within = "10s" })
  app:expect_log { level = "error" }
  model:says "Sorry."
  caller:expect_heard "sorry"
end)

test.scenario("R12 calls of one response run at once, and one answer follows",
  function(caller, model, app)
    caller:says "Count twice."
    model:responds { calls = { { "count", { n = 1 } }, { "count", { n = 2 } } } }
    app:expect_tool("count", { args = { n = 1 } })
    app:expect_tool("count", { args = { n = 2 } })
    model:says "Three in all."
    caller:expect_heard "three in all"
    app:expect_state { count = 3 }
  end)

test.scenario("R15 cutting in does not lose a result", function(caller, model, app)
  app.http:on("GET /orders/7"):replies { json = { id = 7 }, after = "3s" }
  caller:says "My order, please."
  model:responds { says = "One moment, I am looking.", calls = { "order", {} } }
  app:expect_tool_started "order"
  caller:cuts_in "Take your time."
  model:says "Thank you."
  app:expect_tool("order", { output = { id = 7 } })
  model:says "It is order seven."
  caller:expect_heard "order seven"
end)

test.scenario("a request is tried again before its failure is put in words",
  function(caller, model, app)
    app.http:on("GET /orders/7"):replies { json = { id = 7 } }
    app.http:on("GET /orders/7"):fails(503, { times = 2 })
    caller:says "My order, please."
    model:calls("order", {})
    app:expect_http "GET /orders/7"
    app:expect_tool("order", { output = { id = 7 } })
    caller:expect_heard "7" -- no line: a tool's output is spoken as its text
  end)

test.scenario("a shop that is down is put in words", function(caller, model, app)
  app.http:on("GET /orders/7"):refuses()
  caller:says "My order, please."
  model:calls("order", {})
  app:expect_tool("order", { output = "does not answer" })
  app:expect_log { level = "warn", error = test.has "refused" }
  model:says "The shop is closed."
  caller:expect_heard "closed"
end)

test.scenario("hanging up waits until what is said has been heard", function(caller, model)
  caller:says "That is all."
  model:responds { says = "Goodbye, and thank you for calling.", calls = { "leave", {} } }
  caller:expect_heard "thank you for calling"
  caller:expect_hung_up { reason = "done" }
end)
