-- legs.lua - connections to the model that end, and calls that do not.
local test = require "myna.test"

local myna_events = { caller = { events = "myna" } }

local function message(role, text)
  return { item = { type = "message", role = role,
    content = { { type = role == "user" and "input_text" or "output_text", text = text } } } }
end

test.scenario("R61 a call of more than an hour goes on over another connection",
  function(caller, model)
    caller:expect_heard "library"
    caller:says "Have you got Dune?"
    model:says "Yes, two copies."
    caller:expect_heard "two copies"
    caller:waits "56m"
    model:expect_session { instructions = "Be brief." }
    model:expect("conversation.item.create", message("user", "Have you got Dune?"))
    model:expect("conversation.item.create", message("assistant", "Yes, two copies."))
    caller:says "And by whom is it?"
    model:says "By Frank Herbert."
    caller:expect_heard "Herbert"
    caller:waits "70m"
    caller:says "Thank you."
    model:says "You are welcome."
    caller:expect_heard "welcome"
  end)

test.scenario("R61 R76 the caller is told nothing of a rotation", myna_events,
  function(caller, model)
    caller:expect_heard "library"
    caller:says "Have you got Dune?"
    model:says "Yes, two copies."
    caller:expect_heard "two copies"
    caller:waits "1s"
    caller:expect_no_event "conversation.item.added"
    caller:expect_no_event "conversation.item.deleted"
    caller:expect_no_event "session.updated"
    caller:expect_no_event "myna.session.reconnecting"
    caller:waits "58m"
    model:expect("conversation.item.create", message("user", "Have you got Dune?"))
  end)

test.scenario("R62 what was heard stays when the model is lost in mid-sentence", myna_events,
  function(caller, model, app)
    caller:expect_heard "library"
    caller:says "When are you open?"
    model:says("We are open from eight until six on weekdays, and until noon on Saturdays.",
      { lasts = "6s" })
    caller:expect_speaking()
    caller:waits "1s"
    model:says "And on Saturdays until noon."
    model:drops()
    caller:expect_event("myna.session.reconnecting", { code = 1006, try = 1 })
    caller:expect_event("myna.session.resumed", { within = "2s" })
    model:expect("conversation.item.create",
      { item = { role = "assistant", content = { { text = test.starts "We are open" } } } })
    model:expect "response.create"
    caller:expect_heard("Saturdays until noon", { within = "10s" })
    app:expect_history { text = test.starts "We are open", interrupted = true }
  end)

test.scenario("R62 R16 a tool that runs while the model is lost is answered on the next",
  function(caller, model, app)
    app.http:on("GET /books"):replies({ json = { title = "Dune" } }, { after = "2s" })
    caller:says "Have you got Dune?"
    model:calls("find", {})
    app:expect_tool_started "find"
    model:drops()
    app:expect_tool("find", { output = { title = "Dune" } })
    model:says "We have Dune."
    model:expect("conversation.item.create", { item = { type = "function_call", name = "find" } })
    model:expect("conversation.item.create", { item = { type = "function_call_output" } })
    caller:expect_heard "We have Dune"
  end)

test.scenario("R62 what the caller says while there is no model is heard by the next",
  function(caller, model)
    caller:expect_heard "library"
    model:refuses(503, { times = 2 })
    model:drops()
    model:says "Yes, two copies."
    caller:cuts_in "Have you got Dune?"
    caller:expect_heard("two copies", { within = "8s" })
  end)

test.scenario("R62 a key that is refused is not tried again", function(caller, model, app)
  caller:expect_heard "library"
  model:refuses(401, { times = 5 })
  model:drops()
  app:expect_error "upstream_refused"
  caller:expect_hung_up { reason = "upstream_refused" }
end)
