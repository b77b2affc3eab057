-- wrong.lua - scenarios that fail, each at the line that says so.
local test = require "myna.test"

test.scenario("no line answers the caller", function(caller)
  caller:says "Have you got Dune?" -- fails here
  caller:expect_heard "yes"
end)

test.scenario("no line answers a request", function(caller, model, app)
  caller:says "Have you got Dune?"
  model:calls("find", {})
  app:expect_tool "find" -- fails here
end)

test.scenario("a line is never spoken", function(caller, model)
  caller:says "Have you got Dune?"
  model:says "Yes."
  model:says "No." -- fails here
  caller:expect_heard "yes"
end)

test.scenario("other words were heard", function(caller, model)
  caller:says "Have you got Dune?"
  model:says "Yes."
  caller:expect_heard "never" -- fails here
end)

test.scenario("the words were heard before", function(caller, model)
  caller:expect_heard "library"
  caller:says "Have you got Dune?"
  model:says "Yes."
  caller:expect_heard "library" -- fails here
end)

test.scenario("it came too early", function(caller, model)
  caller:says "Have you got Dune?"
  model:says "Yes."
  caller:expect_heard("yes", { after = "4s" }) -- fails here
end)

test.scenario("a field differs", function(caller, model, app)
  app.http:on("GET /books"):replies { json = { id = 8 } }
  caller:says "Have you got Dune?"
  model:calls("find", {})
  app:expect_tool("find", { output = { id = 7 } }) -- fails here
end)

test.scenario("what must not be said is said", function(caller, model)
  caller:expect_no_heard "no" -- fails here
  caller:says "Have you got Dune?"
  model:says "Why, no."
  caller:waits "3s"
end)

test.scenario("nobody takes that handoff", function(caller, model)
  caller:says "Bob, please."
  model:hands_off "Bop" -- fails here
end)

test.scenario("a tool leaves the caller in silence", function(caller, model, app)
  app.http:on("GET /books"):stalls()
  caller:says "Have you got Dune?"
  model:calls("find", {})
  app:expect_tool("find", { within = "12s" }) -- fails here
end)

test.scenario("an answer fails and nobody says so", function(caller, model, app)
  caller:expect_heard "library"
  model:fails()
  caller:says "Have you got Dune?"
  app:expect_error "server_error"
  model:fails() -- it is asked once more
  caller:waits "10s" -- fails here
end)

test.scenario("the simulator refuses an event", function(caller) -- fails here
  caller:expect_heard "library"
  caller:sends { type = "conversation.item.delete", item_id = "item_none" }
  caller:waits "1s"
end)

test.scenario("a tool fails and nobody expects it", function(caller, model, app) -- fails here
  caller:says "Have you got Dune?"
  model:calls("stumble", {})
  app:expect_tool "stumble"
end)

test.scenario("a tool takes too long", { silence = false }, function(caller, model, app)
  caller:says "Have you got Dune?"
  model:calls("linger", {})
  app:expect_tool("linger", { output = test.has "no such words", within = "9s" }) -- fails here
end)

local function hears(caller, words)
  caller:expect_heard(words)
end

test.scenario("a helper fails", function(caller)
  hears(caller, "never")
end)

local function errs(value)
  return value.field.of.nothing
end

test.scenario("a helper errs", function()
  local found = errs {}
  return found
end)

test.scenario("the verb is misspelt", function(caller)
  caller:say "Have you got Dune?" -- fails here
end)

test.scenario("the scenario itself errs", function()
  return test.nothing.field -- fails here
end)

test.scenario("the scenario never ends", function()
  while true do end -- fails here
end)

test.scenario("the scenario eats memory", function() -- fails here
  local text = "x"
  while true do text = text .. text end
end)

test.scenario("the call is over", function(caller)
  caller:hangs_up()
  caller:says "Hello?" -- fails here
end)

test.scenario("no such agent", { start = "Eve" }, function() end) -- fails here

test.scenario("the floor is never free", function(caller, model)
  caller:says "Have you got Dune?"
  model:says("Well.", { lasts = "10m" })
  caller:says "Hello?" -- fails here
end)

test.scenario("the answer comes late", function(caller, model)
  caller:expect_heard "library"
  model:lags "2s"
  caller:says "Have you got Dune?"
  model:says "Yes."
  caller:expect_first_audio { within = "800ms" } -- fails here
end)

test.scenario("the answer came late, before anybody looked", function(caller, model)
  caller:says "Have you got Dune?"
  model:says "Yes."
  caller:waits "5s"
  caller:expect_first_audio { within = "200ms" } -- fails here
end)

test.scenario("both speak at once for too long", function(caller, model)
  caller:says "Have you got Dune?"
  model:says("Well, let me see.", { lasts = "6s" })
  caller:waits "2s"
  caller:cuts_in "Or another?"
  model:says "Yes."
  caller:expect_overlap { below = "20ms" } -- fails here
end)

test.scenario("nobody spoke at once", function(caller, model)
  caller:says "Have you got Dune?"
  model:says "Yes."
  caller:expect_overlap { above = "100ms" } -- fails here
end)

test.scenario("an overlap without a bound", function(caller)
  caller:expect_overlap {} -- fails here
end)

test.scenario("nobody speaks for too long", function(caller, model)
  caller:expect_no_silence { over = "2s" } -- fails here
  caller:says "Have you got Dune?"
  model:says "Yes."
  caller:waits "6s"
end)
