-- verbs.lua - what a scenario can do to an app, and where it can look.
local test = require "myna.test"

test.scenario("a tool runs alone, and the conversation does not notice", function(_, model, app)
  app.http:on("GET /books?title=emma"):replies { json = { title = "Emma" }, after = "300ms" }
  local output = app:runs("find", { title = "emma" })
  assert(output.title == "Emma")
  app:expect_tool("find", { seconds = test.near(0.3, 0.01) })
  app:expect_state { book = { title = "Emma" } }
  model:expect_no "conversation.item.create"
end)

test.scenario("a tool that is given what its schema refuses says so", function(_, _, app)
  local output = app:runs("find", { titel = "emma" })
  assert(output:find "not accepted")
end)

test.scenario("a function stands in for a tool, and its schema stays", function(caller, model, app)
  local asked
  app.tools.find = function(args)
    asked = args.title
    return { title = "Emma" }
  end
  caller:says "Have you got Emma?"
  model:calls("find", { title = "Emma" })
  app:expect_tool("find", { output = { title = "Emma" } })
  model:says "Yes."
  caller:says "And what about the other one?"
  model:calls("find", { titel = "Persuasion" })
  app:expect_tool("find", { output = test.has "not accepted" })
  assert(asked == "Emma")
end)

test.scenario("a stand-in that errs is a tool that errs", function(caller, model, app)
  app.tools.find = function() error "the shelf is gone" end
  caller:says "Have you got Emma?"
  model:calls("find", {})
  app:expect_tool("find", { output = test.has "did not work" })
  app:expect_log { level = "error", error = "the shelf is gone" }
end)

test.scenario("a call begins with a state", { state = { card = 7, book = { title = "Emma" } },
  at = "2026-07-01 09:30" }, function(_, _, app)
    local output = app:runs "lend"
    assert(output.title == "Emma" and output.card == 7 and output.at == "2026-07-01 09:30")
  end)

test.scenario("a dial that is refused is told before the call is heard", { silence = false },
  function(caller, model, app)
    model:refuses(401)
    app:expect_error "upstream_unavailable"
    caller:expect_hung_up { within = "60s" }
  end)

test.scenario("variables come from .env.test, and a missing one has its name", function(_, _, app)
  assert(app:runs("place").shelf == "A-1")
  assert(app:runs("place").key == "test-LIBRARY_KEY")
end)

test.scenario("a scenario has variables of its own", { env = { LIBRARY_SHELF = 'B "2"' } },
  function(_, _, app)
    local output = app:runs "place"
    assert(output.shelf == 'B "2"' and output.key == "test-LIBRARY_KEY")
  end)

test.scenario("an expectation may be a function", { state = { card = 7 } },
  function(caller, model, app)
    caller:says "Have you got Emma?"
    model:says "Yes, we have it here."
    caller:expect_heard(test.in_order { "yes", "here" })
    app:expect(function(state, history) return state.card == 7 and #history == 3 end)
  end)
