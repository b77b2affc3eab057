-- orders.lua - orders that go through, change, or do not: sold out, too much, too late, no till.
local test = require "myna.test"

local place = "POST /orders"
local placed = { order = 7, item = "Draught Beer", quantity = 2, total = 14 }

local function orders(caller, model, item, quantity)
  caller:says "Yes, please."
  model:calls("place_order", { item = item or "Draught Beer", quantity = quantity or 2 })
end

for code, row in pairs {
  SOLD_OUT = { 409, "sold_out" }, NOT_ON_MENU = { 404, "not_on_menu" },
  ENOUGH = { 403, "enough" }, ID_REQUIRED = { 403, "id_required" },
} do
  test.scenario("refused with " .. code, function(caller, model, app)
    app.http:on(place):replies { status = row[1],
      json = { error_code = code, message = "Only -1 left at backend.py:77" } }
    orders(caller, model)
    local call = app:expect_tool("place_order", { output = { status = "refused",
      reason = row[2] } })
    assert(not tostring(call.output):find "backend", "what is for programs reached the model")
    model:says "That one I cannot give you. Something else?"
    caller:expect_heard "Something else"
  end)
end

test.scenario("a drink is changed, then taken back", function(caller, model, app)
  app.http:on(place):replies { status = 201, json = placed }
  app.http:on("PATCH /orders/7"):replies(function(request)
    local n = request.json.quantity
    return { json = { order = 7, item = "Draught Beer", quantity = n, total = 7 * n } }
  end)
  orders(caller, model)
  model:says "Two beers, fourteen dollars."
  caller:says "Make it three."
  model:calls("change_order", { order = 7, quantity = 3 })
  app:expect_tool("change_order", { output = { status = "order_changed", total = 21 } })
  model:says "Three, twenty-one."
  caller:says "No, forget the beer."
  model:calls("change_order", { order = 7, quantity = 0 })
  app:expect_tool("change_order", { output = { status = "order_cancelled" } })
  model:says "Taken back."
  caller:expect_heard "Taken back"
end)

test.scenario("what stands on the bar is not taken back", function(caller, model, app)
  app.http:on(place):replies { status = 201, json = placed }
  app.http:on("PATCH /orders/7"):replies { status = 409, json = { error_code = "SERVED" } }
  orders(caller, model)
  model:says "Two beers."
  caller:says "Cancel them."
  model:calls("change_order", { order = 7, quantity = 0 })
  app:expect_tool("change_order", { output = { status = "refused", reason = "served" } })
  model:says "They stand on the bar already."
  caller:expect_heard "already"
end)

test.scenario("somebody else's order is not touched", function(caller, model, app)
  caller:says "Cancel order number six, it is my friend's."
  model:calls("change_order", { order = 6, quantity = 0 })
  app:expect_tool("change_order", { output = { reason = "no_such_order" } })
  model:says "That one I cannot change."
  caller:expect_heard "cannot change"
end)

test.scenario("a hundred margaritas are not ordered", function(caller, model, app)
  orders(caller, model, "Margarita", 100)
  app:expect_tool("place_order", { output = test.has "not accepted" })
  model:says "A hundred? Let us begin with two."
  caller:expect_heard "begin with two"
end)

test.scenario("one who sounds drunk gets water, and no promise", function(caller, model, app)
  caller:says "Onnne more, my frien', I have moneyyy."
  model:says "This one is on the house, then."
  app:expect_guardrail "words"
  model:says "I think that was it for tonight. A soda water, and a taxi?"
  caller:expect_heard "a taxi"
  app.http:on(place):replies { status = 403, json = { error_code = "ENOUGH" } }
  caller:says "A beer!"
  model:calls("place_order", { item = "Draught Beer", quantity = 1 }) -- talked into it
  app:expect_tool("place_order", { output = test.has "limit for this hour" })
  model:says "No more tonight, my friend. Water?"
  caller:expect_heard "Water"
end)

test.scenario("a till that is down", { tags = { "error" } }, function(caller, model, app)
  app.http:on(place):refuses()
  orders(caller, model)
  app:expect_tool("place_order", { output = test.has "cannot reach the till" })
  model:says "I cannot reach the till. A moment, please."
  caller:expect_heard "cannot reach"
end)

test.scenario("a till that fails", { tags = { "error" }, silence = "9s" },
  function(caller, model, app)
    app.http:on(place):fails(500)
    orders(caller, model)
    app:expect_tool("place_order", { output = test.has "cannot reach the till" })
    model:says "That did not go through."
    caller:expect_heard "did not go through"
  end)

test.scenario("a till that answers rubbish", { tags = { "error" } }, function(caller, model, app)
  app.http:on(place):replies { status = 409, body = "<html>busy</html>" }
  orders(caller, model)
  app:expect_tool("place_order", { output = test.has "cannot reach the till" })
  model:says "That did not go through."
  caller:expect_heard "did not go through"
end)

test.scenario("a menu that cannot be read", { tags = { "error" }, silence = "9s" },
  function(caller, model, app)
    app.http:on("GET /menu"):fails(503)
    caller:says "What do you have?"
    model:calls("get_menu", {})
    app:expect_tool("get_menu", { output = test.has "cannot reach the till" })
    model:says "I cannot see our menu just now."
    caller:expect_heard "cannot see"
  end)

test.scenario("the guest cuts in while the order goes through, and it goes through",
  { silence = "9s" }, function(caller, model, app)
    app.http:on(place):replies { status = 201, json = placed, after = "3s" }
    orders(caller, model)
    caller:expect_heard("Coming up", { within = "3s" })
    caller:cuts_in "And some peanuts for the table!"
    app:expect_tool("place_order", { output = { order = 7 } })
    model:says "Two beers are ordered. Peanuts stand on every table."
    caller:expect_heard "Peanuts"
  end)

test.scenario("the guest cuts in on the list of drinks", { tags = { "barge_in" } },
  function(caller, model)
    caller:says "What do you have?"
    model:says("We have margaritas, negronis, old fashioneds, beer, wine and a lot more.",
      { lasts = "6s" })
    caller:expect_speaking { within = "2s" }
    caller:waits "1s"
    caller:cuts_in "Stop, a beer will do."
    caller:expect_silence { within = "60ms" }
    model:says "A beer it is."
    caller:expect_heard "A beer it is"
  end)

test.scenario("a change that does not reach the till", { tags = { "error" } },
  function(caller, model, app)
    app.http:on(place):replies { status = 201, json = placed }
    app.http:on("PATCH /orders/7"):refuses()
    orders(caller, model)
    model:says "Two beers."
    caller:says "Make it one."
    model:calls("change_order", { order = 7, quantity = 1 })
    app:expect_tool("change_order", { output = test.has "cannot reach the till" })
    model:says "I could not change that; it is two still."
    caller:expect_heard "two still"
  end)

test.scenario("a guest who thinks, and a guest who leaves", function(caller, model, app)
  caller:says "Hold on, I ask my wife."
  model:calls("wait", { minutes = 1 })
  app:expect_tool("wait", { output = test.has "not accepted" })
  model:calls("wait", {})
  caller:says "Nothing, thanks. Bye."
  model:calls("hang_up", { now = true })
  app:expect_tool("hang_up", { output = test.has "not accepted" })
  model:responds { says = "Goodbye.", calls = { "hang_up", {} } }
  caller:expect_hung_up()
end)

test.scenario("a guest gone quiet", { silence = false }, function(caller)
  caller:expect_heard "Remy here"
  caller:expect_heard("Still there", { within = "25s" })
  caller:expect_heard("see to the others", { within = "60s" })
  caller:expect_hung_up { within = "10s" }
end)
