-- recordings.lua - what a caller hears of the WAVs an app plays (R9).
local test = require "myna.test"

test.scenario("R9 a recording without words is heard to its end, and is a mark in the history",
  function(caller, model, app)
    model:expect_no("conversation.item.create", { item = { role = "assistant" } })
    caller:says "Music, please."
    model:calls("play_hold", {})
    model:says "That was it."
    app:expect_tool("play_hold", { output = "It plays." })
    caller:expect_played("sounds/hold.wav", { ms = test.near(6000, 1), within = "10s" })
    caller:expect_heard "that was it"
    app:expect_history { type = "sound", path = "sounds/hold.wav", agent = "Disc" }
  end)

test.scenario("R9 a recording with words is the assistant's, and the model is told of them",
  function(caller, model, app)
    caller:says "Is this recorded?"
    model:calls("play_notice", {})
    model:expect("conversation.item.create", { item = { role = "assistant",
      content = { { type = "output_text", text = test.starts "This call may be recorded" } } } })
    model:says "So now you know."
    caller:expect_heard("deleted after thirty days", { within = "6s" })
    app:expect_tool("play_notice", { output = "They have heard it all." })
    caller:expect_heard "so now you know"
    app:expect_history { role = "assistant", text = test.has "thirty days" }
  end)

test.scenario("R9 cutting in stops it at once, and the history keeps what was heard",
  { tags = { "barge_in" } }, function(caller, model, app)
    caller:says "Is this recorded?"
    model:calls("play_notice", {})
    caller:expect_speaking { within = "2s" }
    caller:waits "1500ms"
    caller:cuts_in "I know that."
    model:says "All right."
    caller:expect_silence { within = "60ms" }
    app:expect_tool("play_notice", { output = test.has "interrupted" })
    app:expect_history { role = "assistant", text = test.starts "This call", interrupted = true,
      heard_ms = test.near(1700, 250) }
    caller:expect_heard "all right"
  end)

test.scenario("R9 music that is cut is kept as long as it was heard", { tags = { "barge_in" } },
  function(caller, model, app)
    caller:says "Music, please."
    model:calls("play_hold", {})
    model:says "Here it comes."
    caller:expect_speaking { within = "2s" }
    caller:waits "2s"
    caller:cuts_in "Stop."
    model:says "Stopped."
    caller:expect_silence { within = "60ms" }
    caller:expect_played("sounds/hold.wav", { ms = test.near(2200, 250) })
    app:expect_history { type = "sound", interrupted = true, heard_ms = test.near(2200, 250) }
    caller:expect_heard "stopped"
  end)

test.scenario("R9 words and recordings are heard in the order they were asked for",
  function(caller, model, app)
    caller:says "In order, please."
    model:calls("in_order", {})
    model:says "That was all."
    caller:expect_heard "one"
    caller:expect_heard("two", { within = "6s" })
    caller:expect_played("sounds/chime.wav", { ms = test.near(500, 1) })
    caller:expect_heard "that was all"
    app:expect(function(_, history)
      local order = {}
      for _, item in ipairs(history) do order[#order + 1] = item.path or item.text end
      return table.concat(order, " "):find("One. sounds/chime.wav Two.", 1, true)
    end)
  end)

test.scenario("R9 a tool plays music while it works, and stops it", function(caller, model)
  caller:says "Where is the soap?"
  model:calls("look_up", {})
  model:says "In aisle four."
  caller:expect_played("sounds/hold.wav", { ms = test.near(2000, 100), within = "4s" })
  caller:expect_heard "aisle four"
end)

test.scenario("R9 hanging up waits for it", function(caller, model)
  caller:says "Goodbye."
  model:calls("say_goodbye", {})
  caller:expect_played("sounds/chime.wav", { ms = test.near(500, 1) })
  caller:expect_hung_up { reason = "goodbye" }
end)

test.scenario("R9 a file that is only known at run time is read then", function(caller, model)
  caller:says "The chime, please."
  model:calls("play_any", { name = "chime" })
  model:says "There."
  caller:expect_played("sounds/chime.wav", { ms = test.near(500, 1) })
  caller:expect_heard "there"
end)

test.scenario("R9 one that is missing is the tool's mistake, with its line", { tags = { "error" } },
  function(caller, model, app)
    caller:says "Something else, please."
    model:calls("play_any", { name = "gong" })
    model:says "I have no such record."
    app:expect_log { text = test.any, error = test.has
      "agent.lua:62: ctx:play: there is no file tests/scenarios/jukebox/sounds/gong.wav" }
    caller:expect_heard "no such record"
  end)

test.scenario("R9 the caller's client hears of it as of any response",
  { caller = { events = "myna" } }, function(caller, model)
    caller:says "In order, please."
    model:calls("in_order", {})
    model:says "That was all."
    caller:expect_event("response.created", { response = { status = "in_progress" } })
    caller:expect_event("response.done", { within = "10s", response = { status = "completed",
      conversation_id = test.any, output = { { role = "assistant" } } } })
    caller:expect_heard("that was all", { within = "10s" })
  end)

test.scenario("R9 over a telephone's G.711 music is as long",
  function(caller, model)
    for _, law in ipairs { "audio/pcmu", "audio/pcma" } do
      caller:sends { type = "session.update", session = { type = "realtime", audio = {
        input = { format = { type = law } }, output = { format = { type = law } } } } }
      caller:expect_event "session.updated"
      caller:says "Music, please."
      model:calls("play_hold", {})
      model:says "That was it."
      caller:expect_played("sounds/hold.wav", { ms = test.near(6000, 1), within = "10s" })
      caller:expect_heard "that was it"
    end
  end)
