---@meta myna.test
-- Types of the language of scenarios, for editors (LuaLS). ctest lint.types holds them to
-- lua/myna/test.

---@class myna.test
local test = {}

---@class myna.test.Options
---@field tags? string[]  for --tag
---@field at? string  when the call begins, in the app's time zone; default "2026-01-05 10:00"
---@field caller? myna.test.WhoCalls
---@field start? string  the agent who answers
---@field env? table<string, string>  variables of the app, over .env.test
---@field state? table  what ctx.state holds beside what the app begins with
---@field history? table[]|string  the items the call begins with, or their JSON
---@field snapshot? boolean  its record is kept beside the file, and compared; --update writes it
---@field brain? boolean  the stand-in answers what no line does
---@field silence? myna.Duration|false  longest that may be owed an answer; default "5s"
---@field seed? integer  of all chance; default --seed
---@field skip? string|boolean  why it is not played

---@class myna.test.WhoCalls
---@field from? string
---@field to? string
---@field channel? string
---@field meta? table
---@field user? any
---@field events? "myna"  asks for myna.* events

---@alias myna.test.Play fun(caller: myna.test.Caller, model: myna.test.Model, app: myna.test.App)

--- Words that are contained (case and punctuation aside), a value, a table of which all is there,
--- or a matcher.
---@alias myna.test.Expected any

---@class myna.test.Matcher

--- A scripted conversation.
---@param name string
---@param options myna.test.Options
---@param run myna.test.Play
---@overload fun(name: string, run: myna.test.Play)
function test.scenario(name, options, run) end

--- Runs before each scenario of the file.
---@param run myna.test.Play
function test.before(run) end

--- The same verbs as data: { name =, steps = { { "caller:says", "..." }, ... } } and options.
---@param spec table
function test.data(spec) end

---@param number number
---@param tolerance number
---@return myna.test.Matcher
function test.near(number, tolerance) end

--- Words in a text, or in a table's JSON.
---@param words string
---@return myna.test.Matcher
function test.has(words) end

---@param words string
---@return myna.test.Matcher
function test.starts(words) end

---@param pattern string  a Lua pattern
---@return myna.test.Matcher
function test.matches(pattern) end

---@param number number
---@return myna.test.Matcher
function test.below(number) end

--- Words in a text, or values in a list, one after the other.
---@param list myna.test.Expected[]
---@return myna.test.Matcher
function test.in_order(list) end

--- Anything that is there.
---@type myna.test.Matcher
test.any = nil

---@class myna.test.Times
---@field within? myna.Duration  from the line above; default "5s"
---@field after? myna.Duration  not before

---@class myna.test.Caller
local caller = {}

--- Speaks when the floor is free, to the last word.
---@param words string
---@param options? { lasts?: myna.Duration }  default 60 ms a character
function caller:says(words, options) end

--- Plays a WAV that lies with the scenarios, when the floor is free, to its end.
---@param file string
---@param options { says: string }  what the model understands
function caller:plays(file, options) end

--- Speaks at once; returns when the first sound is noticed.
---@param words string
---@param options? { lasts?: myna.Duration }
function caller:cuts_in(words, options) end

--- Speaks at once, as one does who does not want the floor ("mhm"); to the last word.
---@param words string
---@param options? { lasts?: myna.Duration }
function caller:murmurs(words, options) end

--- Makes a noise without words, at once.
---@param options? { lasts?: myna.Duration }  default "300ms"
function caller:coughs(options) end

--- Presses keys of a telephone, at once, a tenth of a second apart.
---@param keys string  "123#"
function caller:presses(keys) end

--- Push-to-talk, at once: presses the button, speaks, and releases it.
---@param words string
---@param options? { lasts?: myna.Duration }
function caller:holds_to_talk(words, options) end

--- Writes a message and asks for an answer, when the floor is free.
---@param words string
function caller:types(words) end

---@param time myna.Duration
function caller:waits(time) end

function caller:hangs_up() end

--- The network breaks, without a word.
function caller:drops() end
--- Dials in again after drops (R63); for callers with { events = "myna" }.
function caller:returns() end

--- Sends an event of its own.
---@param event table|string
function caller:sends(event) end

---@param wanted myna.test.Expected
---@param options? myna.test.Times
function caller:expect_heard(wanted, options) end

---@class myna.test.Played: myna.test.Times
---@field ms? integer|myna.test.Expected  how long it is heard

--- A recording of the app's is heard (ctx:play), to its end or to where it was cut: the first that
--- was not expected before. Gives for how long, in ms. What is said in one that has words,
--- expect_heard finds.
---@param path string
---@param options? myna.test.Played
---@return integer
function caller:expect_played(path, options) end

---@param wanted myna.test.Expected  not heard until the end
function caller:expect_no_heard(wanted) end

---@param options? myna.test.Times
function caller:expect_speaking(options) end

---@param options? myna.test.Times
function caller:expect_silence(options) end

--- The agent is heard, in so much time from the end of the caller's words (said or typed), or from
--- the beginning of the call. Gives how long it took, in ms.
---@param options? myna.test.Times
---@return integer
function caller:expect_first_audio(options) end

--- Both spoke at once for so long since the caller's last action. Gives how long, in ms.
---@param options { below?: myna.Duration, above?: myna.Duration }
---@return integer
function caller:expect_overlap(options) end

--- Nobody speaks for longer, from here to the end.
---@param options { over: myna.Duration }
function caller:expect_no_silence(options) end

---@param type_name string
---@param options? table  the event's fields, within, after
---@return table  the event
function caller:expect_event(type_name, options) end

---@param type_name string
---@param fields? table
function caller:expect_no_event(type_name, fields) end

---@param options? table  code, reason, within, after
function caller:expect_hung_up(options) end

---@class myna.test.Lines
local lines = {}

---@param words string
---@param options? { lasts?: myna.Duration }
function lines:says(words, options) end

---@param tool string
---@param arguments? table|string  a string is sent as it is
function lines:calls(tool, arguments) end

---@param agent string
---@param input? table
function lines:hands_off(agent, input) end

--- Several things in one response.
---@param parts { says?: string, calls?: table }  calls: { "tool", {...} } or a list of such
function lines:responds(parts) end

---@alias myna.test.Garbled
---| "not_json"  # the next event; the default
---| "cut_short"
---| "wrong_type"
---| "strange_delta"  # of a response nobody knows
---| "unknown_event"  # of a type nobody knows
---| "done_twice"  # the next response.done
---| "delta_first"
---| "item_reverse"
---| "lose_update"  # the next session.update
---| "refuse_update"  # { code = }
---| "already_active"  # the next response.create
---| "call_twice"  # the next call of a tool
---| "late_delta"  # of the next answer that is cancelled
---| "late_transcript"  # of what the caller says next: { after = }, default "1s"
---| "fail_transcript"

---@class myna.test.Model: myna.test.Lines
local model = {}

--- A rule that answers these words of the caller when no line waits.
---@param words myna.test.Expected
---@return myna.test.Lines
function model:on(words) end

---@param type_name string
---@param options? table  the event's fields, within, after
---@return table  the event
function model:expect(type_name, options) end

---@param type_name string
---@param fields? table
function model:expect_no(type_name, fields) end

---@param fields table  of the session it was last given
---@param options? myna.test.Times
function model:expect_session(fields, options) end

--- Its connection breaks, or is closed with a code.
---@param options? { code?: integer, reason?: string }
function model:drops(options) end

--- Nothing comes from it for a time, or ever.
---@param time? myna.Duration
function model:stalls(time) end

--- The next answer begins later.
---@param time myna.Duration
function model:lags(time) end

--- The next answer fails, with a code.
---@param code? string  default "server_error"
function model:fails(code) end

--- The session's time is over.
function model:expires() end

--- What it sends next is not what it should be.
---@param how? myna.test.Garbled
---@param options? { after?: myna.Duration, code?: string }
function model:garbles(how, options) end

--- The next dials are answered with an HTTP status.
---@param status? integer  default 429; 0: never answered
---@param options? { times?: integer, body?: string|table }
function model:refuses(status, options) end

---@class myna.test.Reply
---@field status? integer  default 200
---@field json? any
---@field text? string
---@field body? string
---@field headers? table<string, string|number>
---@field after? myna.Duration

---@class myna.test.Rule
local rule = {}

---@param reply? myna.test.Reply|fun(request: table): myna.test.Reply
---@param options? { times?: integer }
function rule:replies(reply, options) end

---@param options? { times?: integer }
function rule:refuses(options) end

--- No answer ever.
---@param options? { times?: integer }
function rule:stalls(options) end

---@param status? integer  default 500
---@param options? { times?: integer }
function rule:fails(status, options) end

---@class myna.test.Http
local http = {}

---@param request string  "GET /patients", "GET /patients/{id}", "GET /patients?name=Sam"
---@return myna.test.Rule
function http:on(request) end

--- Whoever decides on tools that wait for an approval, the oldest first.
---@class myna.test.Operator
local operator = {}

function operator:approves() end

---@param why? string  words for the model
function operator:rejects(why) end

--- The text model behind text agents: its lines answer the requests of the API, in order.
---@class myna.test.TextModel
local writer = {}

--- Words, or data for an agent with an output.
---@param words string|table
---@param options? { after?: myna.Duration }
function writer:says(words, options) end

---@param tool string
---@param arguments? table|string
function writer:calls(tool, arguments) end

---@param parts { says?: string, calls?: table }
---@param options? { after?: myna.Duration }
function writer:responds(parts, options) end

--- What is answered to these words when no line waits.
---@param words myna.test.Expected
---@return myna.test.TextModel
function writer:on(words) end

--- It was asked that: { model =, instructions =, input =, tools =, ... }. Gives what it was asked.
---@param wanted? table
---@param options? myna.test.Times
---@return table
function writer:expect(wanted, options) end

--- What moderation says of words, beside the simulator's own small list.
---@class myna.test.Moderation
local moderation = {}

--- It flags these, wherever they stand in a row.
---@param words string
---@param options? { category?: string }  default "harassment"
function moderation:flags(words, options) end

--- The mail server behind the app: mails are only looked at, unless it refuses one.
---@class myna.test.MailServer
local mail_server = {}

--- The next mail is given up.
---@param why? string  what an app that waits for it reads
---@param options? { times?: integer }
function mail_server:refuses(why, options) end

---@class myna.test.App
---@field mail myna.test.MailServer
---@field text_model myna.test.TextModel
---@field moderation myna.test.Moderation
---@field http myna.test.Http
---@field operator myna.test.Operator
---@field tools table<string, fun(args: table): any>  functions that stand in for tools
local app = {}

--- Runs one tool, alone, and gives its output.
---@param name string
---@param args? table
---@param options? { within?: myna.Duration }  default "30s"
---@return any
function app:runs(name, args, options) end

---@param name string
---@param options? table  output, args, seconds, within, after
---@return { tool: string, args: table, result: string, call_id: string, seconds: number }
function app:expect_tool(name, options) end

---@param name string
---@param options? table  args, within, after
---@return { tool: string, args: table, call_id: string }
function app:expect_tool_started(name, options) end

--- A guardrail tripped. Gives the record.
---@param name string
---@param options? table  on, info, tool, within, after
---@return { name: string, on: string, info: any }
function app:expect_guardrail(name, options) end

---@param name string
---@param options? table  args, approve_by, within, after
---@return { tool: string, args: table, call_id: string, approve_by: "operator"|"caller" }
function app:expect_approval(name, options) end

---@param agent string
---@param options? table  from, within, after
---@return { from: string, to: string }
function app:expect_handoff(agent, options) end

---@param request string  "GET /patients"
---@param options? table  query, json, headers, within, after
---@return { method: string, path: string, query: table, headers: table, json: any }
function app:expect_http(request, options) end

--- A point of the app's own (ctx:trace). Gives its fields.
---@param name string
---@param options? table<string, myna.test.Expected>  its fields, and within, after
---@return table fields
function app:expect_trace(name, options) end

--- Gives the mail. What was a secret there stands as "secret:NAME".
---@param options? table  to, cc, reply_to, subject, text, html, within, after
---@return { to: string|string[], subject: string, text: string? }
function app:expect_mail(options) end

---@param fields? table  no such mail, from here on
function app:expect_no_mail(fields) end

---@param fields table
---@param options? myna.test.Times
function app:expect_state(fields, options) end

---@param fields table  of an item
---@param options? myna.test.Times
---@return table  the item
function app:expect_history(fields, options) end

--- The author edits a file of the app's and saves it: the app is read again, calls go on (R60).
---@param path string  of a file the app reads by myna.file or myna.text
---@param text string
---@param options? { refused?: string|table }  it is to be refused, with these words
function app:edits(path, text, options) end

--- What the call was charged so far: input_tokens, output_tokens, total_tokens, responses.
---@param fields table
---@param options? myna.test.Times
function app:expect_usage(fields, options) end

---@param wanted string|table  its text, or its fields
---@param options? myna.test.Times
---@return table  the line
function app:expect_log(wanted, options) end

---@param wanted string|table  its code, or its fields
---@param options? myna.test.Times
---@return table  the error
function app:expect_error(wanted, options) end

---@param check fun(state: table, history: table[]): any
---@param options? myna.test.Times
function app:expect(check, options) end

return test
