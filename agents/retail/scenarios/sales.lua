-- sales.lua - finding, a cart, an order; and a person, or a message to one.
local test = require "myna.test"

local boots = { sku = "BOOT-43", name = "Skarn boots, size 43", kind = "boots", pounds = 129,
  stock = 2 }
local here = { start = "Sales", silence = "9s" }
local known = { start = "Sales", silence = "9s",
  state = { customer = { id = 31, name = "Noor Haddad" } } }

test.before(function(_, _, app)
  app.http:on("GET /products"):replies { json = { products = { boots } } }
end)

test.scenario("a stranger may look and fill a cart, and is asked who they are to pay", here,
  function(caller, model, app)
    caller:says "Have you boots in forty-three?"
    model:calls("search_products", { words = "boots 43" })
    app:expect_tool("search_products", { output = { products = { { sku = "BOOT-43" } } } })
    model:says "Yes, the Skarn, for a hundred and twenty-nine pounds."
    caller:says "Two pairs."
    model:calls("add_to_cart", { sku = "BOOT-43", amount = 2 })
    app:expect_tool("add_to_cart", { output = { pounds = 258 } })
    model:says "Two pairs, two hundred and fifty-eight. Shall I order?"
    caller:says "Yes."
    model:calls("place_order", {})
    app:expect_tool("place_order", { output = test.has "Hand over to Gate" })
    model:hands_off "Gate"
    app:expect_handoff("Gate", { from = "Sales" })
    model:says "One moment: who is speaking, please?"
    caller:expect_heard "who is speaking"
    app:expect_state { cart = { { sku = "BOOT-43", amount = 2 } } } -- the cart came along
  end)

test.scenario("an order is placed once", known, function(caller, model, app)
  app.http:on("POST /orders"):replies { status = 201, json = { id = 5004, pounds = 129 } }
  caller:says "The boots, please. Yes, order them."
  model:calls("add_to_cart", { sku = "BOOT-43" })
  model:calls("place_order", {})
  app:expect_http("POST /orders", { json = { customer = 31, lines = { { sku = "BOOT-43" } } } })
  app:expect_tool("place_order", { output = { order = 5004 } })
  model:calls("place_order", {})
  app:expect_tool("place_order", { output = test.has "cart is empty" })
  model:says "Ordered: number five zero zero four."
  caller:expect_heard "zero four"
end)

test.scenario("more than there is", known, function(caller, model, app)
  caller:says "Nine pairs."
  model:calls("add_to_cart", { sku = "BOOT-43", amount = 9 })
  app:expect_tool("add_to_cart", { output = { available = 2 } })
  model:says "We have two."
  caller:expect_heard "have two"
end)

test.scenario("sold out between cart and order", known, function(caller, model, app)
  app.http:on("POST /orders"):replies { status = 409,
    json = { error_code = "out_of_stock", message = "Skarn boots, size 43: 0 left." } }
  caller:says "The boots. Order them."
  model:calls("add_to_cart", { sku = "BOOT-43" })
  model:calls("place_order", {})
  app:expect_tool("place_order", { output = test.has "Nothing was ordered" })
  model:says "They have just gone. I am sorry."
  caller:expect_heard "just gone"
  app:expect_state { cart = { { sku = "BOOT-43" } } }
end)

test.scenario("a product that a model invents is not sold", known, function(caller, model, app)
  caller:says "The golden boots."
  model:calls("add_to_cart", { sku = "BOOT-GOLD" })
  app:expect_tool("add_to_cart", { output = test.has "no such product" })
  model:says "We do not have those."
  caller:expect_heard "do not have"
end)

test.scenario("something is taken out again", known, function(caller, model, app)
  caller:says "The boots. No, rather not."
  model:calls("add_to_cart", { sku = "BOOT-43" })
  model:calls("add_to_cart", { sku = "BOOT-43", amount = 0 })
  app:expect_tool("add_to_cart", { output = { pounds = 0 } })
  model:says "Your cart is empty again."
  caller:expect_heard "empty again"
end)

test.scenario("no discount is promised", known, function(caller, model, app)
  caller:says "Make me a price."
  model:says "I can give you a discount of ten per cent."
  app:expect_guardrail "words"
  model:says "The price is the same for everybody, I am afraid."
  caller:expect_heard "same for everybody"
end)

test.scenario("the list is down", here, function(caller, model, app)
  app.http:on("GET /products"):fails(503)
  caller:says "Tents?"
  model:calls("search_products", { words = "tents" })
  app:expect_tool("search_products", { output = test.has "cannot be reached" })
  model:says "I cannot see our list right now."
  caller:expect_heard "cannot see our list"
end)

test.scenario("a person is there", { start = "Human", caller = { events = "myna" } },
  function(caller, model, app)
    caller:says "A person, please."
    model:calls("transfer_call", { to = "shop" })
    caller:expect_event("myna.transfer", { to = "shop" })
    app:expect_tool("transfer_call", { output = { done = true } })
    model:says "I am connecting you."
    caller:expect_heard "connecting"
  end)

test.scenario("nobody is there, and a message is kept", { start = "Human" },
  function(caller, model, app)
    caller:says "A person, please."
    model:calls("transfer_call", { to = "shop" })
    app:expect_tool("transfer_call", { output = test.has "not possible" })
    model:says "Nobody is free. May somebody call you back?"
    caller:says "Ewan, 020 7946 0332, it is about my stove."
    model:calls("leave_message", { name = "Ewan", phone = "020 7946 0332", matter = "?" })
    app:expect_tool("leave_message", { output = test.has "not accepted" })
    model:calls("leave_message", { name = "Ewan", phone = "020 7946 0332", matter = "his stove" })
    app:expect_tool("leave_message", { output = { kept = true } })
    model:says "It is noted."
    caller:expect_heard "noted"
  end)
