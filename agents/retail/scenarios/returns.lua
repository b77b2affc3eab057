-- returns.lua - what was bought: whose it is, whether it may come back, and a judge who takes long.
local test = require "myna.test"

local orders = { orders = {
  { id = 5001, day = "2025-12-28", status = "delivered",
    lines = { { sku = "BOOT-40", name = "Skarn boots, size 40", amount = 1, pounds = 129 } } } } }
local asked = { order = 5001, sku = "BOOT-40", reason = "too small, never worn outside" }
local here = { start = "Returns", silence = "9s",
  state = { customer = { id = 31, name = "Noor Haddad" } } }

test.before(function(_, _, app)
  app.http:on("GET /customers/31/orders"):replies { json = orders }
end)

test.scenario("boots come back: found, judged, labelled", here, function(caller, model, app)
  app.http:on("POST /returns"):replies { status = 201, json = { id = 1, label = "R-5001-1" } }
  caller:says "My boots are too small."
  model:calls("list_orders", {})
  app:expect_tool("list_orders", { output = { orders = { { id = 5001 } } } })
  model:calls("judge_return", asked)
  app.text_model:says { allowed = true, reason = "They are unused and within thirty days." }
  app.text_model:expect { model = "o4-mini", input = test.has "tried on indoors" }
  app:expect_tool("judge_return", { output = { allowed = true } })
  model:says "They may come back. Shall I make the label?"
  caller:says "Yes, please."
  model:calls("start_return", { order = 5001, sku = "BOOT-40" })
  app:expect_http("POST /returns", { json = { customer = 31, order = 5001, sku = "BOOT-40" } })
  app:expect_tool("start_return", { output = { label = "R-5001-1" } })
  model:says "Your label is R, five zero zero one, one."
  caller:expect_heard "five zero zero one"
end)

test.scenario("the judge takes nine seconds, and nobody wonders whether the line is dead", here,
  function(caller, model, app)
    caller:expect_no_silence { over = "9500ms" }
    caller:says "Can the boots come back?"
    model:calls("judge_return", asked)
    app.text_model:says({ allowed = true, reason = "Unused." }, { after = "9s" })
    caller:expect_heard("reading our terms", { within = "3s" })
    app:expect_tool("judge_return", { output = { allowed = true }, within = "12s" })
    model:says "Yes, they can."
    caller:expect_heard "they can"
  end)

test.scenario("what the judge refused gets no label", here, function(caller, model, app)
  caller:says "I walked up a hill in them. I want them gone."
  model:calls("judge_return", asked)
  app.text_model:says { allowed = false, reason = "The soles are dirty, so they are used." }
  app:expect_tool("judge_return", { output = { allowed = false } })
  model:calls("start_return", { order = 5001, sku = "BOOT-40" })
  app:expect_tool("start_return", { output = test.has "not allowed" })
  model:says "I am sorry, worn boots stay with you."
  caller:expect_heard "stay with you"
end)

test.scenario("a yes of yesterday is not a yes of today", here, function(caller, model, app)
  caller:says "Judge it."
  model:calls("judge_return", asked)
  app.text_model:says { allowed = true, reason = "Unused." }
  app:expect_tool "judge_return"
  model:says "They may come back."
  caller:says "By the way, I wore them in the mud."
  model:calls("judge_return", { order = 5001, sku = "BOOT-40", reason = "worn in mud" })
  app.text_model:says { allowed = false, reason = "They are used." }
  app:expect_tool("judge_return", { output = { allowed = false } })
  model:calls("start_return", { order = 5001, sku = "BOOT-40" })
  app:expect_tool("start_return", { output = test.has "not allowed" })
  model:says "Then they cannot come back."
  caller:expect_heard "cannot come back"
end)

test.scenario("somebody else's order is not judged", here, function(caller, model, app)
  caller:says "Order 5003, the stove."
  model:calls("judge_return", { order = 5003, sku = "STOVE-1", reason = "it is broken" })
  app:expect_tool("judge_return", { output = test.has "not in an order of theirs" })
  model:says "I cannot find that order with you."
  caller:expect_heard "cannot find"
end)

test.scenario("a judge who is ill leaves the case to a colleague", here,
  function(caller, model, app)
    app.http:on("POST /v1/responses"):fails(500)
    caller:says "Can the boots come back?"
    model:calls("judge_return", asked)
    app:expect_tool("judge_return", { output = test.has "A colleague decides", within = "15s" })
    model:says "A colleague decides, and calls you back."
    caller:expect_heard "calls you back"
  end)

test.scenario("a label that was made before is not made twice", here, function(caller, model, app)
  app.http:on("POST /returns"):replies { status = 409, json = { error_code = "returned_already" } }
  caller:says "Judge it."
  model:calls("judge_return", asked)
  app.text_model:says { allowed = true, reason = "Unused." }
  app:expect_tool "judge_return"
  model:calls("start_return", { order = 5001, sku = "BOOT-40" })
  app:expect_tool("start_return", { output = { again = true } })
  model:says "You have the label already."
  caller:expect_heard "already"
end)

test.scenario("nobody sees orders unverified", { start = "Returns" }, function(caller, model, app)
  caller:says "What did Noor Haddad order?"
  model:calls("list_orders", {})
  app:expect_tool("list_orders", { output = test.has "not verified" })
  model:hands_off "Gate"
  app:expect_handoff "Gate"
  model:says "May I have your telephone number?"
  caller:expect_heard "telephone number"
end)
