---@meta native
-- Types of the C functions the verbs of scenarios are written with (runtime/sim/lib_stage.c,
-- lib_sound.c, lib_tools.c, lib_trouble.c and lib_words.c), the only ones lua/myna/test sees as
-- `native`. Times are ms since the call began.

---@class native
---@field null lightuserdata
native = {}

---@return integer
function native.now() end

--- The caller calls, unless they did before.
---@return boolean
---@return string? why
function native.begin() end

--- Moves time to the next record, at most to until_ms. With an item, listens on the way: ends, too,
--- when more words are heard of it or later ones, and where words end. Whether there was a record.
---@param until_ms integer
---@param item? integer  from 1
---@return boolean
---@return string? why  it cannot move
function native.step(until_ms, item) end

---@return integer
function native.records() end

---@param i integer  from 1
---@return integer at
---@return "caller"|"model"|"note"|"log"|"http"|"ask"|"end" lane
---@return string? name  of a note
function native.record(i) end

---@param i integer  from 1
---@return table
function native.value(i) end

---@return boolean
function native.over() end

--- Whether the floor is free.
---@return boolean
function native.idle() end

---@param words string
---@param ms integer
---@return boolean
---@return string? why
function native.speak(words, ms) end

--- The same with the button of push-to-talk held down; the events are the verb's.
---@param words string
---@param ms integer
---@return boolean
---@return string? why
function native.hold(words, ms) end

--- The caller plays a WAV beside the file of the scenario. Its length in ms.
---@param file string
---@param words string  what the model's ear makes of it
---@return integer? ms
---@return string? why
function native.play(file, words) end

--- What can be measured from from_ms to now: when the caller's last words end, when they first
--- heard something, for how long both sounded, the longest silence, and the one that lasts now.
---@param from_ms integer
---@return { words?: integer, heard?: integer, overlap: integer, silence: integer, quiet: integer }
function native.sound(from_ms) end

---@return boolean
---@return integer? left  ms
function native.speaking() end

---@param frame string
---@return boolean
---@return string? why
function native.send(frame) end

function native.hang_up() end

--- ms of audio that came and is still to be heard.
---@return integer
function native.unheard() end

---@return integer
function native.items() end

--- How much has been heard of the words of item i and later; grows whenever more is.
---@param i integer  from 1
---@return integer
function native.amount(i) end

---@class myna.test.Item
---@field item string  its id
---@field words string
---@field bytes integer
---@field began_ms integer
---@field ms integer
---@field cut boolean

---@param i integer  from 1
---@return myna.test.Item
function native.heard(i) end

--- Whether the model still owes what it was asked last.
---@return boolean
function native.asked() end

---@param outputs { says?: string, lasts?: integer, calls?: string, arguments?: string }[]
---@return boolean
function native.answer(outputs) end

--- The stand-in answers instead. Whether anybody asks still.
---@return boolean
function native.improvise() end

---@return string?
function native.agent() end

---@return { agent: string, tool: string }[]
function native.handoffs() end

---@param id integer
---@param answer { status?: integer, headers?: string[], body?: string, err?: string }
---@param delay_ms integer
---@return boolean
function native.reply(id, answer, delay_ms) end

---@return table?
function native.state() end

---@return table[]?
function native.history() end

---@return integer
function native.tasks() end

--- In words, what a call that is over still holds.
---@return string?
function native.left() end

--- Of all agents.
---@return string[]
function native.tools() end

--- A tool runs beside the conversation, with the call_id "alone".
---@param tool string
---@param arguments string  JSON
---@return boolean
---@return string? why
function native.run_alone(tool, arguments) end

--- ask(tool, arguments) is called before a tool runs; it gives the JSON of { value =, words = } or
--- { error = }, or nil when nothing stands in.
---@param ask fun(tool: string, arguments: string): string?
function native.stand_in(ask) end

--- The model misbehaves: "drop", "stall:3000", "close:1011:reason" (runtime/sim/fault.h).
---@param word string
---@return boolean
---@return string? why
function native.fault(word) end

---@return string[]
function native.faults() end

--- The next dials are answered with an HTTP status.
---@param status integer
---@param body string  empty: the API's own
---@param times? integer
---@return boolean
---@return string? why
function native.refuse(status, body, times) end

--- The operator's word on a call that waits for it; false when none does.
---@param call_id string
---@param approved boolean
---@param why string  for the model; "" for none
---@return boolean
function native.approve(call_id, approved, why) end

--- The caller's network breaks.
function native.vanish() end
--- Dials in again with a token: true, or nil and why.
---@param token string
---@return boolean?, string?
function native.returns(token) end

---@param value any
---@return string
function native.encode(value) end

---@param text string
---@return any
function native.decode(text) end

---@param word string
---@param words string[]
---@return string?
function native.nearest(word, words) end

--- "file:line" of the author's innermost frame.
---@return string?
function native.where() end

---@return string
function native.traceback() end

--- Unix seconds of a calendar time in the app's time zone.
---@return integer
function native.unix(year, month, day, hour, minute, second) end

--- The app is read again, as if that file of it had been edited.
---@param path string
---@param text string
---@return true? done, string? why
function native.reload(path, text) end

--- Answers a request of the API (a record of http with `api`) as the simulator does, with these
--- outputs; nil: the stand-in's. Nothing when nobody waits for it.
---@param id integer
---@param outputs? table[]
---@param delay_ms integer
---@return integer? status, string body
function native.answer_api(id, outputs, delay_ms) end

--- The next mails are given up, with these words.
---@param why string
---@param times integer
function native.refuse_mails(why, times) end

--- Moderation flags these words from now on.
---@param words string
---@param category string
---@return boolean
---@return string? why
function native.flag(words, category) end
