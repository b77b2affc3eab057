--- The caller: mouth, ear and network.
local book = require "myna.test.book"
local ear = require "myna.test.ear"
local hint = require "myna.test.hint"
local look = require "myna.test.look"
local match = require "myna.test.match"
local silence = require "myna.test.silence"
local sound = require "myna.test.sound"
local stage = require "myna.test.stage"

local M = {}

local character_ms = 60  -- of speech; 1,000 characters a minute is calm English
local floor_ms = 60000   -- longest wait for the floor: no agent talks for longer
local notice_ms = 5000   -- a VAD that has not seen speech by then will not
local cough_ms = 300
local key_ms = 100
local turn_ms = 100      -- a shorter press of the button says nothing (R36)

local function words_of(verb, text)
  if type(text) == "string" and text:find "%S" then return text end
  error(("caller:%s: expected words"):format(verb), 3)
end

local function must_be_there(place)
  local over = stage.over()
  if over then
    stage.fail(place, "the call is over: it ended at %s (%s)", look.at(over.at),
      over.value.reason ~= "" and over.value.reason or over.value.code)
  end
end

local function take_floor(place)
  must_be_there(place)
  if not stage.wait(native.now() + floor_ms, native.idle, "deaf") then
    stage.fail(place, "the floor was not free within %s: %s", look.length(floor_ms), silence.why())
  end
  must_be_there(place)
end

local function open_mouth(place, verb, text)
  if native.speaking() then stage.fail(place, "the caller is already speaking") end
  stage.act()
  stage.spoken = { place = place, text = text, items = native.items() }
  stage.row("caller", ("%s %s"):format(verb, match.quote(text)))
end

local function length_of(text, options)
  return options and options.lasts and book.ms(options.lasts, "lasts")
    or (utf8.len(text) or #text) * character_ms
end

--- Opens the mouth; returns when it closes by itself.
local function speak(place, verb, text, options)
  local ms = length_of(text, options)
  open_mouth(place, verb, text)
  local ok, why = native.speak(text, ms)
  if not ok then stage.fail(place, "the caller cannot speak: %s", why) end
  return native.now() + ms
end

--- Speaks when the floor is free, to the last word.
function M:says(text, options)
  local place = stage.here()
  words_of("says", text)
  take_floor(place)
  local end_ms = speak(place, "says", text, options)
  stage.wait(end_ms, function() return not native.speaking() end, "deaf")
end

--- Plays a WAV that lies with the scenarios, when the floor is free, to its end. What the model
--- understands are the words of { says = }: a simulated ear does not know them.
function M:plays(file, options)
  local place = stage.here()
  local text = options and options.says
  if type(file) ~= "string" then error("caller:plays: expected the name of a WAV", 2) end
  if type(text) ~= "string" or not text:find "%S" then
    error("caller:plays: expected { says = \"the words of the recording\" }", 2)
  end
  take_floor(place)
  open_mouth(place, "plays " .. file .. ":", text)
  local ms, why = native.play(file, text)
  if not ms then stage.fail(place, "%s cannot be played: %s", file, why) end
  stage.wait(native.now() + ms, function() return not native.speaking() end, "deaf")
end

--- Speaks at once; returns when the first sound is noticed.
function M:cuts_in(text, options)
  local place = stage.here()
  words_of("cuts_in", text)
  must_be_there(place)
  local end_ms = speak(place, "cuts in", text, options)
  stage.cutting_in = true -- what the model was about to answer is owed no more
  local noticed = stage.wait(end_ms + notice_ms, function()
    return stage.newest("caller", function(record)
      return record.value.type == "input_audio_buffer.speech_started"
    end)
  end)
  stage.cutting_in = false
  if not noticed then
    stage.fail(place, "the caller cut in, and nobody noticed (input_audio_buffer.speech_started)")
  end
end

--- Speaks at once, as one does who does not want the floor; returns at the last word.
local function murmur(place, verb, text, ms)
  must_be_there(place)
  if native.speaking() then stage.fail(place, "the caller is already speaking") end
  stage.act()
  stage.row("caller", verb)
  local ok, why = native.speak(text, ms)
  if not ok then stage.fail(place, "the caller cannot speak: %s", why) end
  stage.wait(native.now() + ms, function() return not native.speaking() end)
end

function M:murmurs(text, options)
  local place = stage.here()
  words_of("murmurs", text)
  murmur(place, "murmurs " .. match.quote(text), text, length_of(text, options))
end

--- A noise without words.
function M:coughs(options)
  murmur(stage.here(), "coughs", "", options and book.ms(options.lasts, "lasts") or cough_ms)
end

--- Push-to-talk, at once: presses, speaks, releases.
function M:holds_to_talk(text, options)
  local place = stage.here()
  words_of("holds_to_talk", text)
  must_be_there(place)
  if native.speaking() then stage.fail(place, "the caller is already speaking") end
  local ms = length_of(text, options)
  stage.act()
  stage.cutting_in = true
  native.send '{"type":"input_audio_buffer.clear"}'
  stage.row("caller", "holds to talk: " .. match.quote(text))
  local ok, why = native.hold(text, ms)
  if not ok then stage.fail(place, "the caller cannot speak: %s", why) end
  stage.wait(native.now() + ms, function() return not native.speaking() end)
  stage.cutting_in = false
  native.send '{"type":"input_audio_buffer.commit"}'
  native.send '{"type":"response.create"}'
  if ms >= turn_ms then
    stage.spoken = { place = place, text = text, items = native.items() }
  end
end

--- Presses keys of a telephone, a tenth of a second apart.
function M:presses(keys)
  local place = stage.here()
  if type(keys) ~= "string" or not keys:find "^[%d*#A-D]+$" then
    error("caller:presses: expected keys such as \"123#\"", 2)
  end
  must_be_there(place)
  stage.act()
  stage.row("caller", "presses " .. keys)
  for key in keys:gmatch "." do
    native.send(native.encode { type = "myna.dtmf", digit = key })
    stage.pass(key_ms)
  end
end

--- Writes a message, as a chat does, and asks for an answer.
function M:types(text)
  local place = stage.here()
  words_of("types", text)
  take_floor(place)
  stage.act()
  stage.spoken = { place = place, text = text, items = native.items() }
  stage.typed = native.now()
  stage.row("caller", "types " .. match.quote(text))
  native.send(native.encode { type = "conversation.item.create", item = { type = "message",
    role = "user", content = { { type = "input_text", text = text } } } })
  native.send '{"type":"response.create"}'
end

function M:waits(time)
  stage.pass(book.ms(time, "caller:waits"))
end

function M:hangs_up()
  stage.act()
  stage.row("caller", "hangs up")
  native.hang_up()
  stage.wait(native.now() + floor_ms, native.over)
end

local function resumable()
  return stage.last("caller", function(record)
    return record.value.type == "myna.session.resumable"
  end)
end

--- The network breaks, without a word.
function M:drops()
  must_be_there(stage.here())
  stage.act()
  stage.row("caller", "is gone: the network broke")
  local offer = resumable()
  native.vanish()
  if not offer then stage.wait(native.now() + floor_ms, native.over) end
end

--- Dials in again after drops, and takes the call up. Only who asked for myna.* events knows how.
function M:returns()
  local place, offer = stage.here(), resumable()
  must_be_there(place)
  if not offer then
    stage.fail(place, "the call was not told resumable; ask: { caller = { events = \"myna\" } }")
  end
  stage.act()
  stage.row("caller", "is back")
  local ok, why = native.returns(offer.value.resume)
  if not ok then stage.fail(place, "the caller cannot come back: %s", why) end
end

--- Sends an event of its own: a table, or a frame as it is.
function M:sends(event)
  local place = stage.here()
  must_be_there(place)
  stage.act()
  local frame = type(event) == "table" and native.encode(event) or tostring(event)
  stage.row("caller", "sends " .. match.short(frame))
  native.send(frame)
end

--- expect_heard(words, { within, after }): words begin to be heard in that time, and are heard to
--- their end.
function M:expect_heard(wanted, options)
  look.expect("to hear " .. match.show(wanted), options, function()
    local it, began = ear.find(wanted)
    return it and { at = began }
  end, function()
    local said, before = ear.said(), ear.earlier(wanted)
    if said then return "heard " .. said end
    if before then
      return ("heard nothing new (it was heard at %s, before the last action)"):format(
        look.at(before.began_ms))
    end
    return "heard nothing"
  end, nil, function() return native.unheard() > 0 end, "words")
end

--- expect_played(path, { ms, within, after }): a recording of the app's is heard, to its end or to
--- where it was cut. Gives how long it was heard, in ms.
function M:expect_played(path, options)
  if type(path) ~= "string" then error("caller:expect_played: expected a file's path", 2) end
  local wanted = look.fields(options).ms
  local function fits(ms) return wanted == nil or match.same(wanted, ms) end
  local found = look.expect("to hear the recording " .. path, options, function()
    return ear.recording(path, fits)
  end, function()
    local it = ear.recording(path)
    return it and ("it was heard for %d ms"):format(it.ms) or "it was not heard"
  end, nil, function() return native.unheard() > 0 end)
  ear.meet(found)
  return found.ms
end

function M:expect_no_heard(wanted)
  look.never("not to hear " .. match.show(wanted), function()
    local it = ear.find(wanted)
    return it and ("heard %s"):format(match.quote(it.text))
  end)
end

function M:expect_speaking(options)
  look.expect("the agent to speak", options, function() return native.unheard() > 0 end,
    function() return "it was silent" end)
end

function M:expect_silence(options)
  look.expect("silence", options, function() return native.unheard() == 0 end,
    function() return ("%d ms were still to be heard"):format(native.unheard()) end)
end

--- expect_first_audio { within, after }: from the end of the caller's words to what they hear.
function M:expect_first_audio(options) return sound.first_audio(options) end

--- expect_overlap { below =, above = }: how long both spoke at once since the caller's last action.
function M:expect_overlap(options) return sound.overlap(options) end

--- expect_no_silence { over = }: nobody speaks for so long, from here to the end.
function M:expect_no_silence(options) sound.no_silence(options) end

--- expect_event(type, { field = value, within, after }). Gives the event.
function M:expect_event(type_name, options)
  return look.expect_event("caller", "the caller to be told", type_name, options).value
end

function M:expect_no_event(type_name, fields)
  look.never_event("caller", "the caller not to be told", type_name, fields)
end

function M:expect_hung_up(options)
  local fields = look.fields(options)
  look.expect_record("end", "the call to end" .. (next(fields) and " with " .. match.show(fields)
    or ""), options, function(record) return match.same(fields, record.value) end,
    function() return "it ended" end, "it goes on")
end

return hint.party("caller", M, {})
