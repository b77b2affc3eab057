-- idle.lua - what happens when nobody speaks (R37).
local test = require "myna.test"

test.scenario("R37 a silent caller is asked, told and left", function(caller, _, app)
  caller:expect_heard "for how many"
  caller:expect_silence()
  caller:expect_heard("are you still there", { after = "8s", within = "10s" })
  app:expect_state { silent = 8 }
  caller:expect_silence()
  caller:expect_heard("hang up now", { after = "20s", within = "23s" })
  caller:expect_hung_up { code = 1000, reason = "the caller was silent" }
end)

test.scenario("R37 silence counts from the end of playback, not of generation",
  function(caller, model)
    caller:says "For two, please."
    model:says("Then let me tell you what there is tonight, and what there is not.",
      { lasts = "12s" })
    caller:expect_heard("there is not", { within = "20s" })
    caller:expect_silence()
    caller:expect_heard("are you still there", { after = "8s", within = "10s" })
  end)

test.scenario("R37 a caller who speaks begins the ladder anew", function(caller, model)
  for _ = 1, 3 do
    caller:expect_heard("are you still there", { within = "15s" })
    caller:says "Yes, one moment."
    model:says "Take your time."
    caller:expect_heard "take your time"
  end
end)

test.scenario("R37 a caller who types begins the ladder anew", function(caller, model)
  caller:expect_heard("are you still there", { within = "15s" })
  caller:types "Yes, one moment."
  model:says "Take your time."
  caller:expect_heard "take your time"
  caller:expect_silence()
  caller:expect_heard("are you still there", { after = "8s", within = "10s" })
end)

test.scenario("R37 while a tool runs it is no silence", { silence = false },
  function(caller, model, app)
    caller:says "When is there a table for two?"
    model:calls "look_up"
    caller:expect_no_heard "are you still there"
    app:expect_tool("look_up", { within = "12s" })
    model:says "At eight."
    caller:expect_heard "at eight"
  end)
