-- gate.lua - who is calling: the steps, in order and out of it, and those who are somebody else.
local test = require "myna.test"

local noor = { id = 31, name = "Noor Haddad", address = "9 Quay Street, Bristol" }

-- The model notes a detail that the caller has said and confirmed.
local function confirms(caller, model, step, value)
  caller:says("It is " .. value .. ", yes.")
  model:calls("note_detail", { step = step, value = value })
  model:says "Thank you."
end

local function tells_all(caller, model)
  confirms(caller, model, "number", "020 7946 0331")
  confirms(caller, model, "born", "1987-06-14")
  confirms(caller, model, "card", "4411")
end

test.scenario("a caller is verified, step by step, and handed on", function(caller, model, app)
  app.http:on("POST /verify"):replies { json = noor }
  app.http:on("PATCH /customers/31"):replies { json = noor }
  caller:says "Where is my order?"
  model:says "May I have your telephone number?"
  model:expect_session { instructions = test.has "**number**" }
  tells_all(caller, model)
  caller:says "Go on, then."
  model:calls("verify_caller", {})
  app:expect_http("POST /verify", { json = { phone = "020 7946 0331", born = "1987-06-14",
    card_last4 = "4411" } })
  app:expect_tool("verify_caller", { output = { verified = true, name = "Noor Haddad" } })
  model:expect_session { instructions = test.has "**address**" }
  model:says "We have 9 Quay Street. Is that right?"
  caller:says "I live at 4 Dock Road, Bristol now."
  model:calls("save_address", { address = "4 Dock Road, Bristol" })
  app:expect_http("PATCH /customers/31", { json = { address = "4 Dock Road, Bristol" } })
  model:says "Noted. May we send you news now and then?"
  caller:says "No, thank you."
  model:calls("save_news", { wants = false })
  app:expect_http("PATCH /customers/31", { json = { news = false } })
  model:hands_off "Returns"
  app:expect_handoff("Returns", { from = "Gate" })
  model:expect_session { instructions = test.has "The caller is Noor Haddad" }
  model:says "Which order is it, Noor?"
  caller:expect_heard "Which order"
  app:expect_state { step = "done", customer = { id = 31 } }
end)

test.scenario("an address that is right is only confirmed",
  { state = { step = "address", customer = noor } }, function(caller, model, app)
    caller:says "Yes, that is right."
    model:calls("note_detail", { step = "address", value = "9 Quay Street, Bristol" })
    app:expect_tool("note_detail", { output = { step = "news" } })
    model:says "And may we write to you?"
    caller:expect_heard "write to you"
  end)

test.scenario("a detail is corrected without losing the place", function(caller, model, app)
  confirms(caller, model, "number", "020 7946 0330")
  confirms(caller, model, "born", "1987-06-14")
  caller:says "My number ends in 331, sorry."
  model:calls("note_detail", { step = "number", value = "020 7946 0331" })
  app:expect_tool("note_detail", { output = { step = "card" } })
  model:says "Noted. The last four digits of your card?"
  caller:expect_heard "four digits"
  app:expect_state { details = { phone = "020 7946 0331", born = "1987-06-14" } }
end)

test.scenario("steps are not skipped, whatever a model thinks", function(caller, model, app)
  caller:says "Just check me, I am in a hurry."
  model:calls("verify_caller", {})
  app:expect_tool("verify_caller", { output = test.has "The step is number" })
  model:calls("save_address", { address = "1 Elsewhere Street" })
  app:expect_tool("save_address", { output = test.has "not verified" })
  model:calls("save_news", { wants = true })
  app:expect_tool("save_news", { output = test.has "not verified" })
  model:calls("note_detail", { step = "address", value = "1 Elsewhere Street" })
  app:expect_tool("note_detail", { output = test.has "not verified" })
  model:says "May I have your telephone number first?"
  caller:expect_heard "telephone number"
end)

test.scenario("three checks that fail lead to a person", { state = { failed = 2 } },
  function(caller, model, app)
    app.http:on("POST /verify"):replies { status = 404, json = { error_code = "none" } }
    tells_all(caller, model)
    caller:says "Well?"
    model:calls("verify_caller", {})
    app:expect_tool("verify_caller", { output = { verified = false, checks_left = 0 } })
    model:says "That does not fit. Shall we try again?"
    tells_all(caller, model)
    caller:says "Now?"
    model:calls("verify_caller", {})
    app:expect_tool("verify_caller", { output = test.has "Hand over to Human" })
    model:hands_off "Human"
    app:expect_handoff "Human"
    model:says "I will find a person for you."
    caller:expect_heard "a person"
  end)

test.scenario("the check takes long, and is bridged", { silence = "9s" },
  function(caller, model, app)
    app.http:on("POST /verify"):replies { json = noor, after = "3s" }
    tells_all(caller, model)
    caller:says "Go on, then."
    model:calls("verify_caller", {})
    caller:expect_heard("check that", { within = "3s" })
    app:expect_tool("verify_caller", { output = { verified = true } })
    model:says "Is 9 Quay Street still right?"
    caller:expect_heard "Quay Street"
  end)

test.scenario("the shop's systems are down", { tags = { "error" }, silence = "9s" },
  function(caller, model, app)
    app.http:on("POST /verify"):refuses()
    tells_all(caller, model)
    caller:says "Go on, then."
    model:calls("verify_caller", {})
    app:expect_tool("verify_caller", { output = test.has "cannot be reached" })
    model:says "I cannot check that right now. May we call you back?"
    caller:expect_heard "call you back"
    app:expect_state { step = "verify" } -- nothing they said is lost
  end)

test.scenario("saving fails in words", { state = { step = "news", customer = noor },
  tags = { "error" }, silence = "9s" }, function(caller, model, app)
    app.http:on("PATCH /customers/31"):fails(500)
    caller:says "No news, please."
    model:calls("save_news", { wants = false })
    app:expect_tool("save_news", { output = test.has "cannot be reached" })
    model:says "I could not save that. We will not write to you."
    caller:expect_heard "not write"
  end)

test.scenario("goodbye", function(caller, model)
  caller:says "Never mind. Goodbye."
  model:responds { says = "Goodbye.", calls = { "hang_up", {} } }
  caller:expect_hung_up()
end)

test.scenario("a caller gone quiet", { silence = false }, function(caller)
  caller:expect_heard "What can we do"
  caller:expect_heard("Take your time", { within = "20s" })
  caller:expect_heard("hang up now", { within = "50s" })
  caller:expect_hung_up { within = "10s" }
end)
