-- start.lua - on.call_start: who answers, before anything is said (R68).
local test = require "myna.test"

local function calls(number) return { caller = { to = number } } end
local function voice(name) return { audio = { output = { voice = name } } } end

test.scenario("R68 the agent it names answers, with its own voice", calls "+441",
  function(caller, model, app)
    app.http:on("GET /tenants"):replies { json = { name = "Marlow", agent = "Theo" } }
    caller:expect_event("session.created", { session = voice "marin" })
    caller:expect_event("session.updated", { session = voice "cedar" })
    app:expect_http("GET /tenants", { query = { number = "+441" } })
    caller:expect_heard "how can I help"
    model:expect_session { instructions = test.has "for long" }
    model:expect_session(voice "cedar")
    app:expect_state { tenant = { name = "Marlow" }, entered = "Theo" }
    caller:says "Hello."
    model:says "Hello."
    caller:expect_heard "hello"
  end)

test.scenario("R68 what it keeps is in the first instructions", calls "+442",
  function(caller, model, app)
    app.http:on("GET /tenants"):replies { json = { name = "Hartley and Sons" } }
    caller:expect_heard "how can I help"
    model:expect_session { instructions = "You answer for Hartley and Sons." }
  end)

test.scenario("R68 a caller is turned away, and nothing was said", calls "+443",
  function(caller, model, app)
    app.http:on("GET /tenants"):replies { status = 404 }
    model:expect_no "response.create"
    model:expect_no "session.update"
    caller:expect_no_heard "help"
    caller:expect_event("error", { error = { code = "turned_away",
      message = test.has "cannot be taken" } })
    caller:expect_hung_up { code = 1008 }
    app:expect_log { text = test.has "turned away", reason = "nobody has the number +443" }
    app:expect_log { text = "over", reason = "turned_away", agent = "nobody" }
  end)

test.scenario("R68 one that fails keeps nobody out: the first agent answers", calls "+444",
  function(caller, model, app)
    app.http:on("GET /tenants"):fails(503)
    caller:expect_heard "how can I help"
    app:expect_log { level = "error", text = test.has "on.call_start failed: 'Nia' answers" }
    model:expect_session { instructions = "You answer for the office." }
  end)

test.scenario("R68 it may take 3 s", calls "+445", function(caller, model, app)
  app.http:on("GET /tenants"):replies { json = { agent = "Theo" }, after = "2800ms" }
  caller:expect_first_audio { after = "2800ms", within = "2900ms" }
  model:expect_session { instructions = test.has "for long" }
end)

test.scenario("R68 one that is late keeps nobody waiting: the first agent answers",
  { caller = { to = "+446", user = { slow = true } } }, function(caller, model, app)
    caller:expect_first_audio { after = "3s", within = "3100ms" }
    app:expect_error { code = "call_start_late", message = test.has "first agent answers" }
    model:expect_session { instructions = "You answer for the office." }
  end)

test.scenario("R68 a request of it ends in time, and the first agent answers", calls "+446",
  function(caller, _, app)
    app.http:on("GET /tenants"):stalls()
    caller:expect_heard("how can I help", { after = "2900ms", within = "4s" })
    app:expect_log { level = "error", text = test.has "on.call_start failed" }
  end)

test.scenario("R68 what the caller says meanwhile is kept, and answered", calls "+447",
  function(caller, model, app)
    app.http:on("GET /tenants"):replies { json = { agent = "Theo" }, after = "2s" }
    caller:sends { type = "conversation.item.create", item = { type = "message", role = "user",
      content = { { type = "input_text", text = "Are you there?" } } } }
    caller:expect_heard "how can I help"
    model:expect("conversation.item.create", { item = { role = "user" } })
  end)

test.scenario("R68 an agent there is not: the log says which was meant", calls "+448",
  function(caller, _, app)
    app.http:on("GET /tenants"):replies { json = { agent = "Teo" } }
    caller:expect_heard "how can I help"
    app:expect_log { level = "error", text = "on.call_start: 'Nia' answers", error = test.has(
      "reception/agent.lua:33: it gave 'Teo', but there is no such agent (did you mean 'Theo'?)") }
  end)

test.scenario("R68 a caller who hangs up first ends it", calls "+449", function(caller, model, app)
  app.http:on("GET /tenants"):stalls()
  model:expect_no "session.update"
  caller:waits "500ms"
  caller:hangs_up()
  caller:expect_hung_up()
  app:expect_log { text = "over", agent = "nobody" }
end)

test.scenario("R68 the model is dialled meanwhile", calls "+450", function(caller, _, app)
  app.http:on("GET /tenants"):replies { json = {}, after = "1s" }
  caller:expect_first_audio { after = "1s", within = "1200ms" }
end)

test.scenario("R68 a scenario that says who answers, says so", { start = "Nia",
  caller = { to = "+451" } }, function(caller, model, app)
    app.http:on("GET /tenants"):replies { json = { name = "Marlow", agent = "Theo" } }
    caller:expect_heard "how can I help"
    model:expect_session { instructions = "You answer for Marlow." }
  end)
