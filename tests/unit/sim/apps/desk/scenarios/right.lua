-- right.lua - scenarios that pass.
local test = require "myna.test"

test.before(function(_, _, app)
  app.http:on("GET /books"):replies { json = { id = 7, title = "Dune" } }
end)

test.scenario("a book is found", { tags = { "book", "http" } }, function(caller, model, app)
  caller:expect_heard "city library"
  caller:says "Have you got Dune?"
  model:calls("find", {})
  app:expect_tool_started "find"
  app:expect_http("GET /books", { query = { title = "dune" } })
  app:expect_tool("find", { output = { id = 7 } })
  model:says "Yes, we have it."
  caller:expect_heard("we have it", { within = "3s" })
  app:expect_state { book = { title = "Dune" } }
end)

test.scenario("chance and time are the scenario's", { at = "2026-07-01 09:30", seed = 5,
  caller = { from = "+44", user = { name = "Eve" } } }, function(caller, model, app)
    caller:says "Throw."
    model:calls("chance", {})
    app:expect_tool("chance", { output = { at = "2026-07-01 09:30", from = "44", name = "Eve" } })
  end)

test.scenario("matchers say what strings cannot", function(caller, model, app)
  model:on "dune":calls("find", {})
  model:on "bob":hands_off "Bob"
  caller:says "Dune, please."
  app:expect_tool("find", { output = { id = test.below(8), title = test.matches "^D" } })
  app:expect_tool_started "find" -- each lane is searched past its own last match only
  caller:says "Bob, please."
  app:expect_handoff("Bob", { from = "Ada" })
  app:expect_history { type = "handoff", to = test.any }
  app:expect_history { text = test.in_order { "Dune", "please" } }
  model:expect_session { instructions = test.starts "Be briefer" }
end)

test.scenario("what is expected gives what was found", function(caller, model, app)
  local ms = caller:expect_first_audio { within = "100ms" } -- of the greeting
  assert(ms < 100)
  caller:expect_heard "city library"
  caller:types "Have you got Dune?"
  model:calls("find", {})
  assert(app:expect_http("GET /books").query.title == "dune")
  model:says("Yes, we have it.", { lasts = "4s" })
  assert(caller:expect_first_audio { within = "500ms" } < 500)
  assert(caller:expect_event("response.done", { response = { status = "completed" } }).response.id)
  assert(model:expect("conversation.item.create", { item = { type = "function_call_output" } })
    .item.call_id)
  assert(app:expect_history({ role = "assistant", text = "we have it" }).id)
  caller:expect_no_silence { over = "5s" }
  caller:waits "1s"
  caller:cuts_in "Bob, please."
  model:hands_off "Bob"
  assert(caller:expect_overlap { below = "60ms", above = "20ms" } == 40)
  assert(app:expect_handoff("Bob").from == "Ada")
end)

test.scenario("not today", { skip = "the library is closed" }, function() end)

test.data { name = "as data", tags = { "book" }, steps = {
  { "app.http:on", "GET /books", "replies", { status = 404, json = {} } },
  { "caller:says", "Have you got Dune?" },
  { "model:calls", "find", {} },
  { "app:expect_tool", "find" },
  { "model:says", "No." },
  { "caller:expect_heard", "no" },
} }
