-- tables.lua - finding a table: one time, several times at once, several days, full houses.
local test = require "myna.test"

local check = "POST /api/reservations/check-availability"
local bulk = "POST /api/reservations/check-availability-bulk"
local saturday = { date = "2027-03-06", time = "19:30", party_size = 4 }

test.scenario("a table is free", { at = "2027-03-01 11:00" }, function(caller, model, app)
  app.http:on(check):replies { json = { available = true } }
  caller:expect_heard "This is Nora"
  caller:says "Have you a table for four on Saturday at half past seven?"
  model:calls("datetime", {})
  model:calls("check_availability", saturday)
  app:expect_http(check, { json = saturday })
  app:expect_tool("check_availability", { output = { available = true } })
  model:says "Yes, we have. On what name?"
  caller:expect_heard "on what name"
end)

test.scenario("a full house offers the nearest times", function(caller, model, app)
  app.http:on(check):replies { json = { available = false, closed = false,
    alternatives = { "18:30", "21:30" } } }
  caller:says "Saturday at half past seven, the four of us."
  model:calls("check_availability", saturday)
  app:expect_tool("check_availability", { output = { available = false,
    other_times = { "18:30", "21:30" } } })
  model:says "We are full then. Half past six, or half past nine?"
  caller:expect_heard "half past six"
end)

test.scenario("three times are asked in the time of one", { tags = { "bench" } },
  function(caller, model, app)
    app.http:on(check):replies(function(request)
      return { json = { available = request.json.time == "20:00" }, after = "500ms" }
    end)
    caller:says "Six, seven or eight on Saturday, whichever you have."
    model:responds { says = "Let me look for you, it will take me just a moment.",
      calls = { "find_best_time", { date = "2027-03-06", times = { "18:00", "19:00", "20:00" },
        party_size = 4 } } }
    caller:expect_no_silence { over = "1500ms" }
    app:expect_tool("find_best_time", { output = { available = true, time = "20:00" },
      seconds = test.below(0.6) })
    model:says "I have eight o'clock."
    caller:expect_heard "just a moment" -- heard whole while all three were asked
    caller:expect_heard "eight o'clock"
  end)

test.scenario("the caller's first wish wins over a faster answer", function(caller, model, app)
  app.http:on(check):replies(function(request)
    local slow = request.json.time == "19:00"
    return { json = { available = true }, after = slow and "900ms" or "50ms" }
  end)
  caller:says "Seven if you can, else six."
  model:calls("find_best_time", { date = "2027-03-06", times = { "19:00", "18:00" },
    party_size = 2 })
  app:expect_tool("find_best_time", { output = { time = "19:00" } })
  model:says "Seven it is."
  caller:expect_heard "Seven it is"
end)

test.scenario("no time is free, and none is made up", function(caller, model, app)
  app.http:on(check):replies { json = { available = false } }
  caller:says "Seven or eight?"
  model:calls("find_best_time", { date = "2027-03-06", times = { "19:00", "20:00" },
    party_size = 2 })
  app:expect_tool("find_best_time", { output = { available = false } })
  model:says "Neither, I am afraid."
  caller:expect_heard "neither"
end)

test.scenario("a time nobody answered for is not called full", { tags = { "error" } },
  function(caller, model, app)
    app.http:on(check):replies(function(request)
      if request.json.time == "19:00" then return { status = 500, json = {} } end
      return { json = { available = false } }
    end)
    caller:says "Seven or eight?"
    model:calls("find_best_time", { date = "2027-03-06", times = { "19:00", "20:00" },
      party_size = 2 })
    app:expect_tool("find_best_time", { output = test.has "not available right now" })
    model:says "I cannot see our book just now. May I call you back?"
    caller:expect_heard "call you back"
  end)

test.scenario("several days are one question", function(caller, model, app)
  app.http:on(bulk):replies { json = { available_dates = { "2027-03-05" } } }
  caller:says "Friday, Saturday or Sunday, at eight."
  model:calls("check_dates", { dates = { "2027-03-05", "2027-03-06", "2027-03-07" },
    time = "20:00", party_size = 2 })
  app:expect_tool("check_dates", { output = { available_dates = { "2027-03-05" } } })
  model:says "Friday is free."
  caller:expect_heard "Friday is free"
end)

test.scenario("a day that makes no sense goes back to the model", { tags = { "error" } },
  function(caller, model, app)
    caller:says "The thirty-first of June or so."
    model:calls("check_dates", { dates = { "soon" }, time = "20:00", party_size = 2 })
    app:expect_tool("check_dates", { output = test.has "not accepted" })
    model:says "Which day did you mean?"
    caller:expect_heard "which day"
  end)

test.scenario("the book is slow: bridged, tried again, answered", { silence = "9s" },
  function(caller, model, app)
    app.http:on(check):replies { json = { available = true } }
    app.http:on(check):stalls { times = 1 }
    caller:says "Saturday at half past seven, four of us."
    model:calls("check_availability", saturday)
    caller:expect_heard("look in our book", { within = "3s" })
    app:expect_tool("check_availability", { output = { available = true },
      seconds = test.below(6.1), within = "9s" })
    model:says "There is room."
    caller:expect_heard "there is room"
  end)

test.scenario("the book never answers: words, not a hole in the line", { silence = "12s" },
  function(caller, model, app)
    app.http:on(check):stalls()
    caller:says "Saturday at half past seven."
    model:calls("check_availability", saturday)
    app:expect_tool("check_availability", { output = test.has "taking longer", within = "20s" })
    model:says "I am sorry, I cannot see the book. May we call you back?"
    caller:expect_heard "call you back"
  end)

test.scenario("the house is open, said once an hour to all", function(caller, model, app)
  app.http:on("GET /api/restaurant/hours"):replies({ json = { days = {
    { day = "Monday", closed = true }, { day = "Tuesday", first = "17:30", last = "21:30" } } } },
    { times = 1 })
  caller:says "Are you open on Tuesday?"
  model:calls("opening_hours", {})
  app:expect_tool("opening_hours", { output = test.any })
  model:says "From half past five."
  caller:says "And on Monday?"
  model:calls("opening_hours", {})
  app:expect_tool("opening_hours", { seconds = test.below(0.001) })
  model:says "Mondays we are closed."
  caller:expect_heard "closed"
end)

test.scenario("hours that cannot be had are not guessed", { tags = { "error" } },
  function(caller, model, app)
    app.http:on("GET /api/restaurant/hours"):fails(502)
    caller:says "When are you open?"
    model:calls("opening_hours", {})
    app:expect_tool("opening_hours", { output = test.has "not available right now" })
    model:says "I cannot look that up right now."
    caller:expect_heard "cannot look that up"
  end)

test.scenario("the last word is said, then the line is let go", function(caller, model, app)
  caller:says "That is all. Goodbye."
  model:calls("hang_up", { now = "yes" }) -- a model that invents arguments still gets to hang up
  app:expect_tool("hang_up", { output = test.has "not accepted" })
  model:responds { says = "Goodbye, and see you soon.", calls = { "hang_up", {} } }
  caller:expect_heard "see you soon"
  caller:expect_hung_up()
end)
