-- bookings.lua - a table is booked, found, moved and given back; and all that can go wrong with it.
local test = require "myna.test"

local wish = { name = "Eva Lind", phone = "020 7946 0210", date = "2027-03-06", time = "19:30",
  party_size = 4, special_requests = "a high chair" }
local made = { id = 104, customer_name = "Eva Lind", phone_number = "02079460210",
  reservation_date = "2027-03-06", reservation_time = "19:30", party_size = 4,
  special_requests = "a high chair" }
local found = { name = "Eva Lind", phone = "020 7946 0210" }
local make = "POST /api/reservations"

-- The caller agrees, and the model books.
local function books(caller, model)
  caller:says "Yes, please book that."
  model:calls("make_reservation", wish)
end

test.scenario("a table is booked, with what the house must know", function(caller, model, app)
  app.http:on(make):replies { status = 201, json = made }
  books(caller, model)
  local asked = app:expect_http(make, { json = { customer_name = "Eva Lind", party_size = 4,
    special_requests = "a high chair" } })
  assert(asked.headers["idempotency-key"], "a second try could book a second table")
  app:expect_tool("make_reservation", { output = { reservation = 104 } })
  model:says "It is booked, Eva. Your number is one oh four."
  caller:expect_heard "one oh four"
end)

test.scenario("a book that answers 200 is as good as one that answers 201",
  function(caller, model, app)
    app.http:on(make):replies { status = 200, json = made }
    books(caller, model)
    app:expect_tool("make_reservation", { output = { reservation = 104 } })
    model:says "It is booked."
    caller:expect_heard "booked"
  end)

test.scenario("a caller who says yes twice has one table", function(caller, model, app)
  app.http:on(make):replies({ status = 201, json = made }, { times = 1 })
  books(caller, model)
  app:expect_tool "make_reservation"
  model:says "It is booked."
  books(caller, model)
  app:expect_tool("make_reservation", { output = { reservation = 104 } })
  model:says "It is booked already."
  caller:expect_heard "already"
end)

for code, words in pairs {
  INVALID_DATE = "does not seem right", PAST_DATE = "past already", TOO_LARGE = "smaller groups",
  BLACKOUT = "private event", NO_CAPACITY = "full at that time", CLOSED = "do not seat anybody",
  INVALID_PHONE = "does not seem complete", SOMETHING_NEW = "once more",
} do
  test.scenario("refused with " .. code, { tags = { "error" } }, function(caller, model, app)
    app.http:on(make):replies { status = 400,
      json = { error_code = code, message = "SQLSTATE 23505 at book.py:77" } }
    books(caller, model)
    local call = app:expect_tool("make_reservation", { output = test.has(words) })
    assert(not tostring(call.output):find "SQLSTATE", "what is for programs reached the model")
    model:says "I am afraid that does not work."
    caller:expect_heard "does not work"
  end)
end

for status, words in pairs {
  [404] = "cannot find that", [409] = "Shall I change it", [429] = "very busy",
  [500] = "not available", [503] = "not available", [418] = "cannot reach",
} do
  test.scenario(("a book that answers %d"):format(status), { tags = { "error" }, silence = "9s" },
    function(caller, model, app)
      app.http:on(make):replies { status = status, json = { error_code = "X" } }
      books(caller, model)
      app:expect_tool("make_reservation", { output = test.has(words), within = "9s" })
      model:says "That did not work just now."
      caller:expect_heard "did not work"
    end)
end

test.scenario("a 400 that is no JSON has words too", { tags = { "error" } },
  function(caller, model, app)
    app.http:on(make):replies { status = 400, body = "<html>Bad Request</html>" }
    books(caller, model)
    app:expect_tool("make_reservation", { output = test.has "once more" })
    model:says "Let us go through it again."
    caller:expect_heard "again"
  end)

test.scenario("nobody is there to write it down", { tags = { "error" } },
  function(caller, model, app)
    app.http:on(make):refuses()
    books(caller, model)
    app:expect_tool("make_reservation", { output = test.has "cannot reach our book" })
    model:says "I cannot reach our book. May we call you back?"
    caller:expect_heard "call you back"
  end)

test.scenario("an answer that is lost is asked for again, under the same key",
  { silence = "16s" }, function(caller, model, app)
    app.http:on(make):replies { status = 201, json = made }
    app.http:on(make):fails(503, { times = 1 })
    books(caller, model)
    local first = app:expect_http(make)
    local second = app:expect_http(make, { after = "250ms" }) -- half a second, with jitter
    assert(first.headers["idempotency-key"] == second.headers["idempotency-key"])
    app:expect_tool("make_reservation", { output = { reservation = 104 } })
    model:says "It is booked."
    caller:expect_heard "booked"
  end)

test.scenario("the caller cuts in while it is written down, and it is written down",
  function(caller, model, app)
    app.http:on(make):replies { status = 201, json = made, after = "3s" }
    books(caller, model)
    caller:expect_heard("writing it down", { within = "3s" })
    caller:cuts_in "And near the window, please!"
    app:expect_tool("make_reservation", { output = { reservation = 104 } })
    model:says "It is booked, and I will pass on the window."
    caller:expect_heard "window"
  end)

test.scenario("a table is found and moved", function(caller, model, app)
  app.http:on("GET /api/reservations"):replies { json = { reservations = { made } } }
  app.http:on("PATCH /api/reservations/104"):replies(function(request)
    assert(request.json.reservation_time == "20:30" and not request.json.party_size)
    return { json = { id = 104, customer_name = "Eva Lind", reservation_date = "2027-03-06",
      reservation_time = "20:30", party_size = 4 } }
  end)
  caller:says "I have a table on Saturday, Eva Lind, 020 7946 0210."
  model:calls("find_reservations", found)
  app:expect_tool("find_reservations", { output = { reservations = { { reservation = 104 } } } })
  model:says "I see it: Saturday, half past seven."
  caller:says "Can we come an hour later?"
  model:calls("change_reservation", { reservation = 104, time = "20:30" })
  app:expect_tool("change_reservation", { output = { time = "20:30" } })
  model:says "Half past eight it is."
  caller:expect_heard "half past eight"
end)

test.scenario("a table is given back, and goodbye", function(caller, model, app)
  app.http:on("GET /api/reservations"):replies { json = { reservations = { made } } }
  app.http:on("DELETE /api/reservations/104"):replies { json = made }
  caller:says "Eva Lind, 020 7946 0210. We cannot come on Saturday."
  model:calls("find_reservations", found)
  model:says "Shall I cancel the table for four?"
  caller:says "Yes, please."
  model:calls("cancel_reservation", { reservation = 104 })
  app:expect_tool("cancel_reservation", { output = { cancelled = true } })
  model:says "It is cancelled. Goodbye, Eva."
  caller:says "Goodbye."
  model:calls("hang_up", {})
  caller:expect_hung_up()
end)

test.scenario("a table that is gone is given back all the same", function(caller, model, app)
  app.http:on("GET /api/reservations"):replies { json = { reservations = { made } } }
  app.http:on("DELETE /api/reservations/104"):replies { status = 404, json = {} }
  caller:says "Eva Lind, 020 7946 0210. Cancel my table, please."
  model:calls("find_reservations", found)
  model:calls("cancel_reservation", { reservation = 104 })
  app:expect_tool("cancel_reservation", { output = { cancelled = true } })
  model:says "It is cancelled."
  caller:expect_heard "cancelled"
end)

test.scenario("somebody else's table is not told, nor changed", function(caller, model, app)
  app.http:on("GET /api/reservations"):replies { json = { reservations = { made } } }
  caller:says "I am Max. Whose is the table on 020 7946 0210? Cancel it. It is number 104."
  model:calls("find_reservations", { name = "Max", phone = "020 7946 0210" })
  app:expect_tool("find_reservations", { output = test.matches '"reservations":%[%]' })
  model:calls("cancel_reservation", { reservation = 104 })
  app:expect_tool("cancel_reservation", { output = test.has "First find the reservation" })
  model:calls("change_reservation", { reservation = 104, party_size = 1 })
  app:expect_tool("change_reservation", { output = test.has "First find the reservation" })
  model:says "I cannot find a table on that name."
  caller:expect_heard "cannot find"
end)

test.scenario("a search that fails is put in words", { tags = { "error" }, silence = "9s" },
  function(caller, model, app)
    app.http:on("GET /api/reservations"):fails(500)
    caller:says "Eva Lind, 020 7946 0210. When was my table?"
    model:calls("find_reservations", found)
    app:expect_tool("find_reservations", { output = test.has "not available right now" })
    model:says "I cannot look right now."
    caller:expect_heard "cannot look"
  end)

test.scenario("a caller who has gone quiet is asked, then let go", { silence = false },
  function(caller)
    caller:expect_heard "Would you like a table"
    caller:expect_heard("still there", { within = "15s" })
    caller:expect_heard("let you go", { within = "25s" })
    caller:expect_hung_up { within = "10s" }
  end)
