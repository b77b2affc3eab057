-- endings.lua - however a call ends, what the app runs at its end runs, once, and has its time.
local test = require "myna.test"

test.before(function(_, _, app)
  app.http:on("POST /calls"):replies { status = 201 }
  app.http:on("GET /keep"):replies { status = 200 } -- and nobody answers GET /drop
end)

local function written(app, why)
  app:expect_http("POST /calls", { json = { why = test.has(why), ends = 1 }, within = "10s" })
  app:expect_log "written down"
end

test.scenario("R67 the agent hangs up", function(caller, model, app)
  caller:says "That was all."
  model:calls "leave"
  caller:expect_hung_up { reason = "all was said" }
  written(app, "all was said")
end)

test.scenario("R67 the caller leaves", function(caller, _, app)
  caller:hangs_up()
  written(app, "the caller left")
end)

test.scenario("R34 the caller leaves in the middle of an answer", function(caller, model, app)
  caller:says "What are your hours?"
  model:says("We are open from eight until six, on Saturdays until noon.", { lasts = "6s" })
  caller:expect_speaking { within = "2s" }
  caller:waits "1500ms"
  caller:hangs_up()
  app:expect_http("POST /calls", { json = { why = "the caller left", last = {
    text = test.starts "We are open", interrupted = true, heard_ms = test.near(1500, 100),
    full_text = test.has "noon" } } })
end)

test.scenario("R67 a limit is reached", { silence = false }, function(caller, _, app)
  caller:waits "119s"
  caller:expect_heard("time is up", { within = "3s" })
  caller:expect_hung_up { reason = "longest duration" }
  written(app, "longest duration")
end)

test.scenario("R67 the model refuses to serve", { silence = false }, function(caller, model, app)
  model:fails "insufficient_quota"
  caller:says "Hello?"
  app:expect_error "insufficient_quota"
  caller:expect_hung_up { reason = "upstream_refused" }
  written(app, "upstream_refused")
end)

test.scenario("R67 R16 a tool that is kept goes on after the call, and its end is logged",
  { silence = false }, function(caller, model, app)
    caller:says "Do both."
    model:responds { calls = { { "keep", {} }, { "drop", {} } } }
    app:expect_tool_started "keep"
    app:expect_tool_started "drop"
    caller:hangs_up()
    app:expect_http("GET /keep", { within = "4s" })
    app:expect_log { text = "a tool ended after the call did", tool = "keep" }
  end)

test.scenario("R67 what was spawned ends with the call, unless it may outlive it",
  { silence = false }, function(caller, model, app)
    app.http:on("POST /notes"):replies { status = 201 }
    caller:says "Write it down."
    model:calls "note"
    app:expect_tool "note"
    caller:hangs_up()
    app:expect_http("POST /notes", { within = "13s" }) -- past the 10 s others have
  end)

test.scenario("R67 a call in which everything goes wrong still ends clean", { silence = false },
  function(caller, model, app)
    app.http:on("GET /keep"):fails(503)
    caller:waits "1s"
    model:garbles "not_json"
    model:fails "server_error"
    caller:says "Do it."
    model:calls "keep"
    app:expect_error "server_error"
    app:expect_tool_started("keep", { within = "10s" })
    caller:cuts_in "Hurry!"
    model:says "At once."
    model:garbles "wrong_type"
    model:stalls "2s"
    caller:sends { type = "response.cancel" }
    model:lags "1s"
    caller:waits "4s"
    caller:drops()
    written(app, "")
  end)
