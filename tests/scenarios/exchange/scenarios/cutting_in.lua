-- cutting_in.lua - what waits, and what was not heard at all.
local test = require "myna.test"

local long = "First you dial nine, then you wait for the tone, and then you dial all of the number."

test.scenario("R30 a cancel by the caller drops what waits to be played", function(caller, model)
  caller:says "How do I ring somebody?"
  model:says(long, { lasts = "8s" })
  caller:expect_heard "first you dial"
  caller:expect_no_heard "the number"
  caller:sends { type = "response.cancel" }
  caller:expect_silence { within = "600ms" } -- the ear has what was sent ahead
  caller:waits "8s"
end)

test.scenario("R31 what the caller says was heard counts", function(caller, model, app)
  local item
  caller:says "How do I ring somebody?"
  model:says(long, { lasts = "8s" })
  caller:expect_heard "first you dial"
  app:expect(function(_, history)
    item = history[#history].id
    return true
  end)
  caller:sends { type = "conversation.item.truncate", item_id = item, content_index = 0,
    audio_end_ms = 120 }
  model:expect("conversation.item.truncate", { item_id = item, audio_end_ms = 120 })
  app:expect_history { id = item, heard_ms = 120 }
end)

test.scenario("R31 progress that the caller's player tells counts", function(caller, model, app)
  local item
  caller:says "How do I ring somebody?"
  model:says(long, { lasts = "8s" })
  caller:expect_heard "first you dial"
  app:expect(function(_, history)
    item = history[#history].id
    return true
  end)
  caller:sends { type = "myna.playback.progress", item_id = item, played_ms = 120 }
  caller:expect_no_event "error"
  caller:waits "1s"
  caller:cuts_in "Thank you."
  model:says "Goodbye."
  model:expect("conversation.item.truncate", { item_id = item,
    audio_end_ms = test.near(1220, 200) })
  caller:expect_heard "goodbye"
end)

test.scenario("R31 progress past what was received counts as all of it",
  function(caller, model, app)
    model:expect_no "conversation.item.truncate"
    caller:says "How do I ring somebody?"
    model:says("You dial nine.", { lasts = "2s" })
    caller:expect_heard "you dial"
    app:expect(function(_, history)
      caller:sends { type = "myna.playback.progress", item_id = history[#history].id,
        played_ms = 99999 }
      return true
    end)
    caller:cuts_in "Thank you."
    model:says "Goodbye."
    caller:expect_heard "goodbye"
  end)

test.scenario("R32 an answer of which nothing was heard is deleted", function(caller, model)
  caller:says "How do I ring somebody?"
  model:says(long, { lasts = "8s" })
  caller:expect_speaking()
  caller:sends { type = "response.create" }
  model:says "That is all there is to it."
  caller:waits "5s"
  caller:cuts_in "Thank you."
  model:says "Goodbye."
  model:expect "conversation.item.truncate"
  model:expect "conversation.item.delete"
  caller:expect_heard "goodbye"
end)

test.scenario("R33 audio of a cancelled answer that comes late is not heard",
  function(caller, model)
    caller:expect_heard "exchange"
    model:garbles "late_delta"
    caller:says "How do I ring somebody?"
    model:says(long, { lasts = "20s" })
    caller:expect_speaking()
    caller:waits "1s"
    caller:cuts_in("Thank you, I know.", { lasts = "3s" })
    model:says "Goodbye."
    caller:expect_event("response.done", { response = { status = "cancelled" } })
    caller:expect_heard "goodbye"
    caller:expect_overlap { below = "60ms" } -- what came after the cut would have been heard
  end)
