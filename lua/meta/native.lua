---@meta native
-- Types of the C functions the SDK is built on (runtime/script/lib_*.c). Agents use `myna`.

---@class native
---@field null lightuserdata  what null in a list is; equal only to itself
---@field safe_words string  what the model reads of a failure nobody has better words for
native = {}

--- Whether the app's files run to be checked, rather than in a call.
---@return boolean
function native.checking() end

--- Whether the app's files run now: no clock, no chance, no waiting.
---@return boolean
function native.loading() end

--- What f gives, which runs as the files of the app do. Raises what it raises.
---@generic T
---@param f fun(): T
---@return T
function native.load(f) end

--- The word that was probably meant.
---@param word string
---@param words string[]
---@return string?
function native.nearest(word, words) end

--- The events `on` may name.
---@return string[]
function native.notes() end

--- What the call was opened with.
---@return table?
function native.meta() end

---@return any
function native.user() end

--- What ctx.state begins with beside what the app says.
---@return table?
function native.first_state() end

--- What a test's own function gives instead of a tool, as JSON: { value =, words = } or
--- { error = }.
---@param tool string
---@param arguments string
---@return string?
function native.stand_in(tool, arguments) end

--- The app's first page, as authors see its path.
---@return string
function native.shown() end

--- Bytes a tool's result may have.
---@return integer
function native.limit() end

--- The chunk of a page; else nil, what is wrong, and whether that names file and line itself.
---@param module string
---@return function? chunk, string? why, boolean? has_place
function native.page(module) end

---@return function? chunk, string? why, boolean? has_place
function native.main() end

--- What an app without a name is called: its folder, or its file.
---@return string
function native.called() end

--- A file of the app and the path authors know it by; else nil and what is wrong.
---@param path string
---@return string? text, string shown_or_why
function native.text(path) end

--- Where a field stands in the table written at a place ("file:line"), else the place.
---@param place string
---@param name string
---@return string
function native.field_line(place, name) end

--- A variable of the environment or .env. A secret's value is masked in the log from now on.
---@param name string
---@param is_secret boolean
---@param is_needed boolean  in tests, one that is needed is never missing: "test-NAME"
---@return string?
function native.variable(name, is_secret, is_needed) end

--- JSON of a value, keys sorted. nil and "too large" over the limit (bytes). Raises, with the path
--- under label, for what JSON cannot hold.
---@param value any
---@param label? string
---@param limit? integer
---@return string? json, string? why
function native.encode(value, label, limit) end

--- The value of JSON: members that are null are left out, null in a list is native.null.
---@param text string
---@return any value, string? why
function native.decode(text) end

--- A tool's arguments, decoded and checked by its schema; else nil and a sentence.
---@param text string
---@param agent integer  its place in the app's spec, from 0; text agents stand behind
---@param tool integer
---@return table? args, string? why
function native.arguments(text, agent, tool) end

--- What a text agent answered, decoded and checked by its schema; else nil and a sentence.
---@param text string
---@param agent integer  its place, as text_agent gives it
---@return table? output, string? why
function native.output(text, agent) end

--- What a check made of a text agent: its place, its tools as the API takes them, and the format of
--- its answers when they are data.
---@param name string
---@return { place: integer, format: string?, tools: string[] }
function native.text_agent(name) end

--- What is wrong with a JSON Schema, or nothing.
---@param schema string
---@return string?
function native.compiles(schema) end

--- Marks a table as a list.
---@param list table
---@return table
function native.array(list) end

--- Writes a log line. names and values are the fields.
---@param level integer  0 debug to 3 error
---@param text string
---@param names? string[]
---@param values? string[]
function native.log(level, text, names, values) end

--- The text with secrets' values as secret:NAME.
---@param text string
---@return string
function native.mask(text) end

--- The author's line that runs now: "agents/dental/agent.lua:23".
---@return string?
function native.where() end

--- Where a function begins.
---@param f function
---@return string
function native.defined(f) end

--- A message with the author's line before it.
---@param message string
---@return string
function native.place(message) end

--- The same with the author's frames under it.
---@param message string
---@return string
function native.traceback(message) end

--- An order to the conversation: say, reply, handoff, refresh, interrupt, hang_up, history.
---@param word string
---@param text? string
---@return true? done, string? why
function native.order(word, text) end

--- A recording of the app's folder is to be played. false: it cannot be, and what is wrong with it.
---@param path string
---@param words? string  that are said in it
---@param whole? boolean  to its end, whoever speaks meanwhile
---@return boolean? done, string? why
function native.play(path, words, whole) end

--- The type of a picture the model can be shown; else nil and what it is instead.
---@param bytes string
---@return string? type, string why
function native.picture_type(bytes) end

--- A picture for the model, from bytes or a file. false: it cannot be, and what is wrong with it.
---@param bytes? string
---@param text? string
---@param path? string
---@return boolean? done, string? why
function native.show(bytes, text, path) end

--- A point of the author's own, for records.
---@param json string
function native.trace(json) end

---@return myna.Usage
function native.usage() end

--- Waits for keys the caller presses (max, the key that finishes or "", ms without one); without
--- arguments, until what is being said has been heard. Else nil and why not.
---@async
---@param max? integer
---@param finish? string
---@param timeout_ms? integer
---@return string? how, string keys_or_why
function native.await(max, finish, timeout_ms) end

--- About one of the model's calls of a tool: progress, approve, reject.
---@param word string
---@param call_id string
---@param text? string  words for the model
---@return true? done, string? why
function native.of_tool(word, call_id, text) end

--- The newest items of the call, oldest first; 0 for all.
---@param last integer
---@return table[]
function native.history(last) end

---@class native.Ask
---@field method string
---@field url string
---@field headers? string[]  name, value, name, value
---@field secrets? integer  how many of them, from the first, go to no other host
---@field body? string
---@field connect_ms? integer
---@field total_ms? integer
---@field pool_ms? integer
---@field idle_ms? integer
---@field pool? string  the client's settings
---@field connections? integer
---@field keep? integer  idle connections; -1: none
---@field keep_ms? integer
---@field proxy? string
---@field ca? string  PEM
---@field names_host? boolean  a base_url names it: it may be a private one
---@field any_host? boolean  every host may be
---@field cache_ms? integer  how old an answer may be
---@field absent_ms? integer  how old one of 404 or 410
---@field stream? boolean

--- One request. Returns status, headers (lower case), and the body or the stream; or nil, code,
--- message.
---@async
---@param ask native.Ask
---@return integer? status, table|string headers_or_code, string|userdata body_or_message
function native.http(ask) end

--- A word of myna.shared (get, set, add, incr, remove). Values are JSON; "" when there is nothing
--- to tell. Else nil and why: absent, exists, not a number, too large, or words for the log.
---@param word string
---@param key string
---@param value? string
---@param ttl_ms? integer  0: no end
---@return string? json, string? why
function native.shared(word, key, value, ttl_ms) end

--- What came of a stream and was not read yet, waiting for it; nil at the end; or nil, code,
--- message.
---@async
---@param stream userdata
---@return string? bytes, string? code, string? message
function native.stream_read(stream) end

--- Ends the request of a stream.
---@param stream userdata
function native.stream_close(stream) end
--- One mail, its fields as myna.mail's with lists of addresses, and `shown`, the JSON for whoever
--- looks on. true; or nil and why not. Waits only with wait, until it was sent or given up.
---@async
---@param mail table
---@param wait? boolean
---@return true? done, string? why
function native.mail(mail, wait) end

--- A token, asked for and given as JSON; or nil and why not.
---@param ask string
---@return string? made, string? why
function native.token(ask) end

--- Whether this is the front state, where routes run.
---@return boolean
function native.serves() end

--- "list", or an order to a call of the app's: JSON, or ""; or nil and why not. In routes only.
---@param word string
---@param id? string
---@param text? string
---@return string? json, string? why
function native.calls(word, id, text) end

--- Whether there are other workers, whose calls are asked for with native.call_ask.
---@return boolean
function native.clusters() end

--- As native.calls, on whichever worker; "state": the JSON of a call's ctx.state. Waits. In routes
--- only.
---@async
---@param word string
---@param id? string
---@param text? string
---@return string? json, string? why
function native.call_ask(word, id, text) end

--- The app has a store, which must be there when it is served.
function native.keeps() end

--- Reads the texts of an index, while the app is checked.
---@param pattern string
---@return string? why  what is wrong
function native.index(pattern) end

--- One question to an index: JSON; or nil and why not.
---@async
---@param index string  its pattern
---@param question string
---@param limit integer
---@return string? json, string? why
function native.search(index, question, limit) end

--- One question to a store (add, get, set, remove, find, incr): JSON; or nil and why not.
---@async
---@param store string
---@param word string
---@param id? string
---@param record? string  JSON
---@param query? string  JSON
---@return string? json, string? why
function native.keep(store, word, id, record, query) end

---@async
---@param ms integer  0 or more
function native.sleep(ms) end

--- Runs functions at once, each as a task. One that returns false ends the others.
---@async
---@param functions (fun(): boolean)[]
---@param timeout_ms integer  0: none
---@param name string  of the word, for messages
---@return "done"|"stopped"|"timeout"
function native.all(functions, timeout_ms, name) end

--- Starts a task that belongs to the call alone. Returns its id.
---@param f fun()
---@param outlive_ms integer  what it may take once the call is over; 0: it ends with it
---@return integer
function native.spawn(f, outlive_ms) end

--- Ends a spawned task.
---@param id integer
function native.stop(id) end

--- 32 bytes.
---@param text string
---@return string
function native.sha256(text) end

---@param key string
---@param text string
---@return string
function native.hmac(key, text) end

---@param bytes string
---@return string
function native.b64_encode(bytes) end

--- Nil when it is not base64.
---@param text string
---@return string?
function native.b64_decode(text) end

---@param n integer  turns that are free
---@return userdata
function native.semaphore(n) end

--- Waits for a turn.
---@async
---@param semaphore userdata
function native.acquire(semaphore) end

--- Gives a turn to who waits, or back.
---@param semaphore userdata
function native.release(semaphore) end

--- ms, monotonic.
---@return integer
function native.now() end

--- ms since 1970.
---@return integer
function native.wall() end

--- ms this task has for requests; nil when nothing limits it.
---@return integer?
function native.left() end

--- Whether the system's database has this time zone.
---@param name string
---@return boolean
function native.is_zone(name) end

--- The events of a side, "client" or "server", by name: true, or "audio".
---@param side string
---@return table<string, boolean|string>
function native.event_names(side) end

--- A text of a newer generation of the app, and a number to ask by next time.
---@param path string
---@param since integer
---@return string? text, integer? moves
function native.moved(path, since) end

--- The name of the agent who speaks now; nil while there is no call.
---@return string?
function native.agent() end

--- A file of the app's folder for a reply, as it is on disk; else nil and why not.
---@param path string
---@return string? bytes, string? why
function native.served(path) end
