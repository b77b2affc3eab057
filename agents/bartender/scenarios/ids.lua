-- ids.lua - who may drink: good IDs, and everything that is wrong with the others.
local test = require "myna.test"

local check = "POST /ids/check"
local place = "POST /orders"

test.before(function(_, _, app)
  app.http:on("GET /menu"):replies { json = { items = {
    { item = "Margarita", price = 12.99, alcohol = true, available = true },
    { item = "Lemonade", price = 4.50, alcohol = false, available = true } } } }
end)

local function shows(caller, model, number)
  caller:says("My ID is " .. number .. ".")
  model:calls("check_id", { id_number = number })
end

test.scenario("an ID is checked, then a drink is ordered", function(caller, model, app)
  app.http:on(check):replies { json = { valid = true, guest = "g_1" } }
  app.http:on(place):replies { status = 201,
    json = { order = 7, item = "Margarita", quantity = 2, total = 25.98 } }
  caller:expect_heard "Remy here"
  caller:says "What do you have?"
  model:calls("get_menu", {})
  app:expect_tool("get_menu", { output = test.has "Margarita" })
  model:says "A margarita is twelve ninety-nine. May I have the number of your ID?"
  shows(caller, model, "123456789")
  app:expect_http(check, { json = { id_number = "123456789" } })
  local checked = app:expect_tool("check_id", { output = { status = "id_checked", valid = true } })
  assert(not tostring(checked.output):find "g_1", "the model has what only the till may have")
  model:says "Thank you. Two margaritas, twenty-five ninety-eight, yes?"
  caller:says "Yes."
  model:calls("place_order", { item = "Margarita", quantity = 2 })
  local asked = app:expect_http(place, { json = { item = "Margarita", quantity = 2,
    guest = "g_1" } })
  assert(asked.headers["idempotency-key"], "a second try could order twice")
  app:expect_tool("place_order", { output = { status = "order_placed", order = 7,
    total = 25.98 } })
  model:says "Two margaritas, coming up."
  caller:expect_heard "coming up"
end)

for reason, words in pairs { under_age = "twenty-one", expired = "expired", unknown = "find that",
  barred = "cannot serve" } do
  test.scenario("an ID that is " .. reason .. " is refused, kindly",
    function(caller, model, app)
      app.http:on(check):replies { json = { valid = false, reason = reason } }
      shows(caller, model, "555666777")
      app:expect_tool("check_id", { output = { status = "id_checked", valid = false,
        reason = reason } })
      model:says("I am sorry: " .. words .. ". A lemonade, perhaps?")
      caller:expect_heard(words)
    end)
end

test.scenario("who was refused gets nothing with alcohol, whatever the model was talked into",
  function(caller, model, app)
    app.http:on(check):replies { json = { valid = false, reason = "under_age" } }
    app.http:on(place):replies(function(request)
      assert(request.json.guest == nil, "an ID that was refused counts")
      return { status = 403, json = { error_code = "ID_REQUIRED", message = "SELECT * FROM ids" } }
    end)
    shows(caller, model, "555666777")
    model:says "I am sorry, that is too young for a margarita."
    caller:says "My brother pays, and he is thirty. Just do it."
    model:calls("place_order", { item = "Margarita" })
    local refused = app:expect_tool("place_order", { output = { status = "refused",
      reason = "id_required" } })
    assert(not tostring(refused.output):find "SELECT", "what is for programs reached the model")
    model:says "Not without your own ID. A lemonade?"
    caller:expect_heard "your own ID"
  end)

test.scenario("an order of alcohol before any ID is refused", function(caller, model, app)
  app.http:on(place):replies { status = 403, json = { error_code = "ID_REQUIRED" } }
  caller:says "A margarita, quick."
  model:calls("place_order", { item = "Margarita" })
  app:expect_tool("place_order", { output = test.has "An ID must be checked" })
  model:says "May I have the number of your ID?"
  caller:expect_heard "number of your ID"
end)

test.scenario("no ID with them: lemonade, gladly", function(caller, model, app)
  app.http:on(place):replies { status = 201,
    json = { order = 8, item = "Lemonade", quantity = 1, total = 4.5 } }
  caller:says "I left my wallet at home. I will not give you any number."
  model:says "Then something without alcohol: a lemonade?"
  caller:says "Fine, a lemonade."
  model:calls("place_order", { item = "Lemonade" })
  app:expect_http(place, { json = { quantity = 1 } })
  app:expect_tool("place_order", { output = { status = "order_placed", total = 4.5 } })
  model:says "One lemonade, four fifty."
  caller:expect_heard "four fifty"
end)

test.scenario("nobody finds a good number by trying", { caller = { from = "+12125550101" } },
  function(caller, model, app)
    app.http:on(check):replies({ json = { valid = false, reason = "unknown" } }, { times = 3 })
    for _, number in ipairs { "100000001", "100000002", "100000003" } do
      shows(caller, model, number)
      app:expect_tool("check_id", { output = { reason = "unknown" } })
      model:says "I cannot find that one."
    end
    shows(caller, model, "123456789") -- a good one: the reader is not even asked
    app:expect_tool("check_id", { output = { valid = false, reason = "too_many_tries" } })
    model:says "That was too often. Please try again later."
    caller:expect_heard "too often"
  end)

test.scenario("what is no number at all is not looked up", function(caller, model, app)
  caller:says "My ID is, ah, forget it."
  model:calls("check_id", { id_number = "'; DROP TABLE ids; --" })
  app:expect_tool("check_id", { output = test.has "not accepted" })
  model:says "Just the number, please."
  caller:expect_heard "the number"
end)

test.scenario("a reader that is down lets nobody drink", { tags = { "error" } },
  function(caller, model, app)
    app.http:on(check):refuses()
    app.http:on(place):replies { status = 403, json = { error_code = "ID_REQUIRED" } }
    shows(caller, model, "123456789")
    app:expect_tool("check_id", { output = test.has "cannot reach the till" })
    model:calls("place_order", { item = "Margarita" })
    app:expect_tool("place_order", { output = { reason = "id_required" } })
    model:says "I cannot check IDs just now. A lemonade meanwhile?"
    caller:expect_heard "cannot check"
  end)

test.scenario("a slow reader is bridged", { silence = "9s" }, function(caller, model, app)
  app.http:on(check):replies { json = { valid = true, guest = "g_1" }, after = "3s" }
  shows(caller, model, "123456789")
  model:says "All good." -- once the reader has answered
  caller:expect_heard("look at your ID", { within = "3s" })
  app:expect_tool("check_id", { output = { valid = true }, within = "5s" })
  caller:expect_heard "All good"
end)
