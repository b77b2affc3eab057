-- requests.lua - what a caller notices of a cache, of tries, of streams, of a slow shop.
local test = require "myna.test"

local function asks(caller, model, item)
  caller:says("How much is " .. item .. "?")
  model:calls("price", { item = item })
end

test.scenario("what was asked a moment ago is not asked again", function(caller, model, app)
  app.http:on("GET /prices/bread"):replies({ json = { pence = 250 } }, { times = 1 })
  asks(caller, model, "bread")
  app:expect_tool("price", { output = { pence = 250 } })
  model:says "Two fifty."
  asks(caller, model, "bread")
  app:expect_tool("price", { output = { pence = 250 } })
end)

test.scenario("an hour later it is asked again", function(caller, model, app)
  app.http:on("GET /prices/bread"):replies { json = { pence = 250 } }
  asks(caller, model, "bread")
  app:expect_tool("price", { output = { pence = 250 } })
  model:says "Two fifty."
  caller:waits "61m"
  app.http:on("GET /prices/bread"):replies { json = { pence = 300 } }
  asks(caller, model, "bread")
  app:expect_tool("price", { output = { pence = 300 } })
end)

test.scenario("that there is none is kept for a shorter time", function(caller, model, app)
  app.http:on("GET /prices/cake"):replies({ status = 404 }, { times = 1 })
  asks(caller, model, "cake")
  app:expect_tool("price", { output = "We do not have that." })
  model:says "None today."
  asks(caller, model, "cake")
  app:expect_tool("price", { output = "We do not have that." })
  model:says "Still none."
  caller:waits "11s"
  app.http:on("GET /prices/cake"):replies { json = { pence = 400 } }
  asks(caller, model, "cake")
  app:expect_tool("price", { output = { pence = 400 } })
end)

test.scenario("two who ask the same at once ask once", function(caller, model, app)
  app.http:on("GET /prices/bread"):replies({ json = { pence = 250 }, after = "500ms" },
    { times = 1 })
  caller:says "How much is bread, twice?"
  model:calls("both", {})
  app:expect_tool("both", { output = { a = { pence = 250 }, b = { pence = 250 } } })
end)

test.scenario("a shop that stalls is told in words, before the tool's time is over",
  function(caller, model, app)
    app.http:on("GET /prices/bread"):stalls()
    asks(caller, model, "bread")
    app:expect_tool("price", { output = "The shop is slow." })
  end)

test.scenario("an order is sent again under the same key", function(caller, model, app)
  local keys = {}
  app.http:on("POST /orders"):replies(function(request)
    keys[#keys + 1] = request.headers["idempotency-key"]
    return { status = #keys == 1 and 503 or 201, json = { ok = true } }
  end)
  caller:says "Order bread."
  model:calls("order", {})
  app:expect_tool("order", { output = { ok = true } })
  app:expect(function() return #keys == 2 and keys[1] ~= nil and keys[1] == keys[2] end)
end)

test.scenario("a streamed answer is read event by event", function(caller, model, app)
  app.http:on("GET /recalls"):replies { headers = { ["Content-Type"] = "text/event-stream" },
    body = "data: bread\n\n: nothing\n\ndata: milk\n\n" }
  caller:says "Was anything recalled?"
  model:calls("recall", {})
  app:expect_tool("recall", { output = "bread; milk" })
end)

test.scenario("an address of a private network is not asked", function(caller, model, app)
  for _, host in ipairs { "169.254.169.254", "localhost:8080", "[::1]", "10.0.0.1" } do
    caller:says "Look there."
    model:calls("stray", { address = "http://" .. host .. "/" })
    app:expect_tool("stray", { output = "private" })
    model:says "I may not."
  end
end)
