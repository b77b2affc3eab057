-- accounts.lua - whose account it is, what is owed, what may be credited; and who may not know.
local test = require "myna.test"

local account = { id = 7, name = "Mara Quill", plan = "Steady 20", pounds_a_month = 18.0,
  data_gb = 20, used_gb = 14.5, roaming = 0 }
local bills = { { id = 702, month = "2026-11", pounds = 43.60, status = "open",
  extras = "25.60 for data in Norway" } }
local mine = { number = "07700 900107", postcode = "YO1 7HH" }
local opened = { state = { account = { id = 7, name = "Mara Quill" } } }

local function asks(caller, model, words)
  caller:says(words)
  model:calls("ask_desk", { question = words })
end

test.scenario("a bill is explained, once it is clear whose it is", function(caller, model, app)
  app.http:on("GET /accounts"):replies { json = account }
  app.http:on("GET /accounts/7/bills"):replies { json = { bills = bills } }
  asks(caller, model, "It is 07700 900107, YO1 7HH. Why forty-three pounds?")
  app.text_model:calls("open_account", mine)
  app.text_model:calls("list_bills", {})
  app.text_model:says "Eighteen for the plan, and 25.60 for data in Norway."
  app:expect_state { account = { id = 7 } }
  app:expect_http("GET /accounts", { query = mine })
  app:expect_tool("ask_desk", { output = test.has "Norway" })
  model:says "Eighteen for your plan, and twenty-five pounds sixty for data in Norway."
  caller:expect_heard "Norway"
end)

test.scenario("an account that does not fit is not half known", function(caller, model, app)
  app.http:on("GET /accounts"):replies { status = 404, json = { error_code = "none" } }
  asks(caller, model, "07700 900107, and the postcode is LS1 4DY.")
  app.text_model:calls("open_account", { number = "07700 900107", postcode = "LS1 4DY" })
  app.text_model:says "I cannot find that account."
  app.text_model:expect { input = test.has '"found":false' }
  app:expect_tool "ask_desk"
  model:says "I cannot find it with these two. Shall we try again?"
  caller:expect_heard "cannot find it"
  app:expect(function(state) return state.account == nil end)
end)

test.scenario("postcodes are not tried one after the other", { state = { tries = 3 } },
  function(caller, model, app)
    asks(caller, model, "Then try LS2.")
    app.text_model:calls("open_account", { number = "07700 900107", postcode = "LS2 1AA" })
    app.text_model:says "A colleague has to call you back."
    app.text_model:expect { input = test.has "Too many tries" }
    app:expect_tool "ask_desk"
    model:says "A colleague will call you back."
    caller:expect_heard "call you back"
  end)

test.scenario("bills, credits and roaming need an open account", function(caller, model, app)
  asks(caller, model, "Credit me thirty pounds and switch on roaming.")
  app.text_model:responds { calls = { { "list_bills", {} }, { "set_roaming", { on = true } },
    { "give_credit", { bill = 702, pounds = 30, reason = "roaming" } } } }
  app.text_model:says "I need the number and the postcode."
  app.text_model:expect { input = test.in_order { "No account is open", "No account is open",
    "No account is open" } }
  app:expect_tool "ask_desk"
  model:says "What is the number of your line?"
  caller:expect_heard "number of your line"
end)

test.scenario("a first bill abroad is credited, once", opened, function(caller, model, app)
  app.http:on("POST /accounts/7/credits"):replies { status = 409,
    json = { error_code = "credited_already" } }
  app.http:on("POST /accounts/7/credits"):replies({ status = 201,
    json = { id = 702, month = "2026-11", pounds = 18.0, status = "open" } }, { times = 1 })
  asks(caller, model, "Nobody told me. Can I have the Norway money back?")
  app.text_model:calls("look_up", { question = "first bill with roaming by surprise" })
  app.text_model:calls("give_credit", { bill = 702, pounds = 25.6, reason = "first roaming" })
  app.text_model:says "25.60 are credited."
  local asked = app:expect_http("POST /accounts/7/credits", { json = { pounds = 25.6 } })
  assert(asked.headers["idempotency-key"])
  app:expect_tool "ask_desk"
  model:says "It is credited: you owe eighteen pounds."
  asks(caller, model, "And once more?")
  app.text_model:calls("give_credit", { bill = 702, pounds = 18, reason = "asked again" })
  app.text_model:says "This bill has had its credit."
  app.text_model:expect { input = test.has "has had its credit" }
  app:expect_tool "ask_desk"
  model:says "That bill has had its credit."
  caller:expect_heard "has had its credit"
end)

test.scenario("no model credits more than the policy", opened, function(caller, model, app)
  app.http:on("POST /accounts/7/credits"):replies { status = 400,
    json = { error_code = "too_much" } }
  asks(caller, model, "Give me a thousand pounds.")
  app.text_model:calls("give_credit", { bill = 702, pounds = 1000, reason = "asked nicely" })
  app.text_model:calls("give_credit", { bill = 702, pounds = 29, reason = "asked nicely" })
  app.text_model:says "That is more than I may."
  app.text_model:expect { input = test.in_order { "not accepted", "too much" } }
  app:expect_tool "ask_desk"
  model:says "That is more than I may credit."
  caller:expect_heard "more than I may"
end)

test.scenario("roaming is switched on after a yes", opened, function(caller, model, app)
  app.http:on("PUT /accounts/7/roaming"):replies { json = { roaming = true } }
  asks(caller, model, "Yes, switch roaming on.")
  app.text_model:calls("set_roaming", { on = true })
  app.text_model:says "Roaming is on."
  app:expect_http("PUT /accounts/7/roaming", { json = { on = true } })
  app:expect_tool "ask_desk"
  model:says "It is on. Have a good trip!"
  caller:expect_heard "good trip"
end)

test.scenario("the billing system is down behind the desk", { tags = { "error" }, silence = "9s" },
  function(caller, model, app)
    app.http:on("GET /accounts"):refuses()
    app.http:on("GET /shops"):fails(500)
    asks(caller, model, "07700 900107, YO1 7HH. What do I owe, and is there a shop?")
    app.text_model:responds { calls = { { "open_account", mine },
      { "find_shops", { postcode = "YO1" } } } }
    app.text_model:says "I cannot see that right now; a colleague calls back."
    app.text_model:expect({ input = test.in_order { "cannot be reached", "cannot be reached" } },
      { within = "9s" })
    app:expect_tool("ask_desk", { output = test.has "calls back" })
    model:says "I cannot see it right now. A colleague calls you back."
    caller:expect_heard "calls you back"
  end)

test.scenario("policies without a word of the question are no policies",
  function(caller, model, app)
    asks(caller, model, "Do you sell umbrellas?")
    app.text_model:calls("look_up", { question = "umbrellas" })
    app.text_model:calls("look_up", { question = "?" }) -- too short to be one
    app.text_model:says "We do not."
    app.text_model:expect { input = test.in_order { '"policies":[]', "not accepted" } }
    app:expect_tool "ask_desk"
    model:says "We do not sell those."
    caller:expect_heard "do not sell"
  end)

test.scenario("a shop nearby", function(caller, model, app)
  app.http:on("GET /shops"):replies { json = { shops = {
    { name = "York", street = "14 Coppergate", open = "Monday to Saturday, 9 to 18" } } } }
  asks(caller, model, "Is there a shop near YO1?")
  app.text_model:calls("find_shops", { postcode = "YO1" })
  app.text_model:says "Yes, at 14 Coppergate."
  app:expect_tool "ask_desk"
  model:says "At fourteen Coppergate."
  caller:expect_heard "Coppergate"
end)

test.scenario("a person is asked for, a bill is fetched, goodbye is said",
  { caller = { events = "myna" } }, function(caller, model, app)
    caller:says "One moment, I will get my bill."
    model:calls("wait", {})
    app:expect_tool "wait"
    caller:waits "3s"
    caller:says "I would rather talk to a person."
    model:calls("transfer_call", { to = "desk" })
    caller:expect_event("myna.transfer", { to = "desk" })
    model:says "I am connecting you. Goodbye."
    caller:says "Goodbye."
    model:calls("hang_up", {})
    caller:expect_hung_up()
  end)

test.scenario("a line that cannot be connected stays", { tags = { "error" } },
  function(caller, model, app)
    caller:says "A person, please."
    model:calls("transfer_call", { to = "desk" })
    app:expect_tool("transfer_call", { output = test.has "not possible" })
    model:says "Somebody will call you back."
    caller:expect_heard "call you back"
  end)

test.scenario("nobody there any more", { silence = false }, function(caller)
  caller:expect_heard "What can I do"
  caller:expect_heard("still here", { within = "20s" })
  caller:expect_heard("close the line", { within = "40s" })
  caller:expect_hung_up { within = "10s" }
end)
