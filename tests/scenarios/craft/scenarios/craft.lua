-- craft.lua - waiting, sharing, asking again, and what no script may.
local test = require "myna.test"

test.scenario("who loses a race runs what it has to close, and no more", function(_, _, app)
  assert(app:runs("race") == "the fast one")
  app:expect_state { log = { "tidied" } }
  app:expect(function(state) return #state.log == 1 end)
end)

test.scenario("a semaphore lets so many in, and all of them at last", function(_, _, app)
  assert(app:runs("queue") == 2)
end)

test.scenario("what may not be sent twice is not", function(_, _, app)
  app.http:on("POST /orders"):fails(503)
  assert(app:runs("buy", { again = false }) == 503)
  app:expect_http "POST /orders"
  local is_again = pcall(app.expect_http, app, "POST /orders", { within = "5s" })
  assert(not is_again, "it was sent twice")
end)

test.scenario("what may be is sent three times", function(_, _, app)
  app.http:on("POST /orders"):fails(503, { times = 2 })
  app.http:on("POST /orders"):replies { status = 201 }
  app.http:on("POST /orders"):fails(503, { times = 2 })
  assert(app:runs("buy", { again = true }) == 201)
end)

test.scenario("a server that says when is asked then", function(_, _, app)
  app.http:on("GET /things"):replies { json = {} }
  app.http:on("GET /things"):replies({ status = 503, headers = { ["Retry-After"] = 4 } },
    { times = 1 })
  local found = app:runs "look"
  assert(found.status == 200 and found.seconds == 4)
end)

test.scenario("no way out is left open", function(_, _, app)
  assert(app:runs("break_out") == "found: ")
end)
