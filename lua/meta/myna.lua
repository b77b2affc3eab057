---@meta myna
-- Types of every word of the SDK, for editors (LuaLS). ctest lint.types holds them to the SDK.

---@alias myna.Duration string|number  "700ms", "8s", "5m", "1h", or seconds

---@class myna
---@field schema myna.schema
---@field http myna.http
---@field tools myna.tools
---@field guardrails myna.guardrails
---@field json myna.json
---@field hash myna.hash
---@field base64 myna.base64
---@field time myna.time
---@field shared myna.shared
---@field upstream myna.Upstream
---@field url myna.url
---@field null lightuserdata  null in a list; a null member of an object is left out
local myna = {}

---@class myna.App
---@class myna.Agent
---@class myna.Tool
---@class myna.Handoff
---@class myna.File
---@class myna.Secret
---@class myna.Failure
---@class myna.Guardrail
---@class myna.Image
---@class myna.Block

---@class myna.AppSpec
---@field name? string  default: the first agent's
---@field agent myna.Agent  who answers
---@field agents? (myna.Agent|myna.Agent[])[]  who else can be named
---@field greeting? string|myna.Greeting  these words, or find your own
---@field model? string  default "gpt-realtime"
---@field upstream? string  "sim", "openai" or ws(s)://...: its own, in place of the server's
---@field fallback? string  the same, dialled when that one is given up
---@field voice? string  of agents without one
---@field timezone? string  "Europe/London"; default UTC
---@field state? table  copied for each call
---@field transcription? string|table  a model's name, or the API's own table
---@field turn? myna.Turn
---@field idle? myna.Rung[]  what is done when nobody has spoken for so long
---@field limits? myna.Limits
---@field price? table<string, myna.Price>  of models, before what is built in
---@field output? "audio"|"text"
---@field expose? "all"  callers see instructions, tools and calls
---@field input_guardrails? (myna.Guardrail|myna.Guardrail[])[]  of every agent; before its own
---@field output_guardrails? (myna.Guardrail|myna.Guardrail[])[]
---@field on? myna.Handlers
---@field live? boolean  false: calls keep the prompts they began with when the app is reloaded
---@field caller? myna.CallerMay
---@field audio? myna.Format|{ input?: myna.Format, output?: myna.Format }  what calls begin with
---@field dtmf? "tell"|"ignore"  keys of a telephone: the model is told, or not (the default)
---@field webrtc? "direct"  calls of browsers and telephones whose audio the model has itself
---@field client_events? table<string, myna.EventHook|myna.OwnEvent>  what callers send
---@field server_events? table<string, myna.EventHook>  what callers are told
---@field routes? table<string, myna.RouteAct|myna.Route>  by "GET /path" or "WS /path"

--- A request at a route. It runs in the front state: there is no call, and no ctx.
---@class myna.Request
---@field method string
---@field path string  its escapes undone
---@field route string  the key it stands under
---@field params table<string, string>  what the names in the path took
---@field query table<string, string>  the first of a name
---@field headers table<string, string>  common ones and those of Route.headers, in any case
---@field body string
---@field peer string  the client's address
---@field user? table  what their key says: id, key, and a token's claims
local Request = {}

--- The body as JSON; who sent none is answered 400.
---@return any
function Request:json() end

--- What is sent: the one of json, text, html, body, file and res that is given.
---@class myna.Reply
---@field status? integer  default 200; 204 when there is nothing to send
---@field headers? table<string, string|number|(string|number)[]>
---@field json? any
---@field text? string
---@field html? string
---@field body? string  bytes
---@field file? string  a path in the app's folder
---@field res? myna.Response  what a request of yours brought, passed on
---@field call? myna.Dialled  of a WS route, and alone: the call it opens

--- A call that a WS route opens. A reply with a status from 400 opens none.
---@class myna.Dialled
---@field agent? string  who answers
---@field user? any  ctx.user, in place of the key's
---@field state? table  over what the app says
---@field meta? table  ctx.call.meta
---@field from? string  ctx.call.from; to and channel likewise
---@field to? string
---@field channel? string
---@field dialect? "ga"|"beta"  of the Realtime API; default what the client asks for
---@field greeting? boolean  false: the agent does not speak first

---@alias myna.RouteAct async fun(req: myna.Request): myna.Reply|string|nil

---@class myna.Route
---@field act myna.RouteAct
---@field public? boolean  anybody may ask, without a caller's key
---@field headers? string|string[]  names of headers that are not common ones

---@alias myna.Format "pcm"|"pcmu"|"pcma"  PCM16 of 24 kHz (the default), or G.711 of 8 kHz

--- What callers may do beyond talking. Without it they cannot write the agent's part.
---@class myna.CallerMay
---@field system_messages? boolean  create messages of role system
---@field assistant_messages? boolean  create messages of role assistant
---@field responses? boolean  ask for responses with instructions, tools and input of their own

--- Looks at an event, and may not wait. Nothing: it passes. An event: that goes instead. false: it
--- stops.
---@alias myna.EventHook fun(event: table, ctx: myna.Context): table|false|nil

--- An event of the app's own, that never reaches the model.
---@class myna.OwnEvent
---@field fields? table<string, myna.Schema>|table  checked before act runs
---@field act async fun(event: table, ctx: myna.Context)

---@class myna.Greeting
---@field say? string
---@field instructions? string
---@field interrupt? boolean  false: it is said to its end

---@class myna.Turn
---@field detection? "server_vad"|"semantic_vad"|"none"|table  a table: the API's own
---@field min_words? integer  words that count over the agent's voice
---@field min_ms? integer  or a sound so long
---@field ignore? string[]  words that never count: { "mhm", "uh-huh" }
---@field resume_after? myna.Duration  default "2s"
---@field eagerness? "low"|"medium"|"high"|"auto"
---@field threshold? number
---@field prefix_padding_ms? integer
---@field silence_duration_ms? integer

---@class myna.Rung
---@field after myna.Duration  of silence, from the end of what was heard last
---@field say? string
---@field hang_up? boolean

---@class myna.Limits
---@field duration? myna.Duration  of a call
---@field idle? myna.Duration  of silence of both sides
---@field tokens? integer  of a call
---@field cost_usd? number  of a call, by `price`
---@field farewell? string  said when one is reached or the server stops; default: the model's own
---@field resume? myna.Duration  a call that lost its caller waits so long; default "30s"
---@field owed_response? myna.Duration  a model that has not begun an answer is asked again; "5s"
---@field tools_per_turn? integer
---@field handoffs_per_turn? integer

---@class myna.Rate
---@field input number  dollars a million tokens
---@field cached? number  default: as input
---@field output? number

---@class myna.Price
---@field text? myna.Rate
---@field audio? myna.Rate
---@field image? myna.Rate
---@field minute? number  dollars a minute of audio, of a model that transcribes

---@class myna.Usage
---@field responses integer
---@field input_tokens integer
---@field output_tokens integer
---@field total_tokens integer
---@field cached_tokens integer  a part of input_tokens
---@field input_text_tokens integer
---@field input_audio_tokens integer
---@field input_image_tokens integer
---@field cached_text_tokens integer
---@field cached_audio_tokens integer
---@field cached_image_tokens integer
---@field output_text_tokens integer
---@field output_audio_tokens integer
---@field output_image_tokens integer
---@field transcriptions integer
---@field transcription_tokens integer
---@field transcription_seconds number
---@field cost_usd? number  nil when a price is not known
---@field text myna.TextUsage  of the call's text agents, beside all of the above

---@class myna.TextUsage
---@field requests integer
---@field input_tokens integer
---@field cached_tokens integer  a part of input_tokens
---@field output_tokens integer
---@field total_tokens integer

---@alias myna.Handler async fun(event: table, ctx: myna.Context)

--- Runs before anything is said. The name of the agent who answers; nothing: the app's first one;
--- false and why, for the log: the caller is turned away.
---@alias myna.Answering string|myna.Agent|boolean?
---@alias myna.CallStart async fun(event: table, ctx: myna.Context): myna.Answering, string?

---@class myna.Handlers
---@field call_start? myna.CallStart  event.agent (who answers otherwise), session
---@field call_end? myna.Handler  event.reason, seconds, usage
---@field agent_start? myna.Handler
---@field agent_end? myna.Handler  event.text
---@field agent_handoff? myna.Handler  event.from, to
---@field handoff_failed? myna.Handler  event.from, to, reason
---@field agent_tool_start? myna.Handler  event.tool, args, call_id; text_agent, of one of its tools
---@field agent_tool_end? myna.Handler  event.tool, args, result, call_id, seconds
---@field audio_start? myna.Handler
---@field audio_stopped? myna.Handler
---@field audio_interrupted? myna.Handler  event.item, heard_ms
---@field guardrail_tripped? myna.Handler  event.name, on, info, response, item, tool, call_id
---@field history_added? myna.Handler  event.item
---@field history_updated? myna.Handler  event.item
---@field idle? myna.Handler  event.seconds, rung
---@field dtmf? myna.Handler  event.digit: a key that nobody collects
---@field caller_lost? myna.Handler  event.seconds: how long they are waited for
---@field caller_back? myna.Handler  event.seconds
---@field reconnecting? myna.Handler  event.code, try
---@field resumed? myna.Handler  event.seconds
---@field transport_event? myna.Handler  event.event: one of the model's as it came, without audio
---@field usage? myna.Handler  event.input_tokens, output_tokens, cost_usd, total: myna.Usage
---@field error? myna.Handler  event.code, message, from
---@field reload? async fun(event: { generation: integer })  in the front state: there is no ctx

---@alias myna.Variables table<string, string|table>

--- Instructions of the agent's go before what it says.
---@class myna.Prompt
---@field id string
---@field version? string  default: the current one
---@field variables? myna.Variables|fun(ctx: myna.Context): myna.Variables

---@class myna.AgentSpec
---@field name string
---@field instructions? string|myna.File|fun(ctx: myna.Context): string|myna.File
---@field handoff_description? string  when to hand to it, in words for the model
---@field tools? (myna.Tool|table)[]  lists may hold lists
---@field handoffs? "all"|(string|myna.Agent|myna.Handoff)[]
---@field voice? string
---@field redial? boolean  speaks with that voice even if the model must be dialled anew for it
---@field on_enter? async fun(ctx: myna.Context)
---@field on_exit? async fun(ctx: myna.Context)
---@field input_guardrails? (myna.Guardrail|myna.Guardrail[])[]  on what the caller says
---@field output_guardrails? (myna.Guardrail|myna.Guardrail[])[]  on what the agent says
---@field prompt? myna.Prompt  stored at the model's provider
---@field prelude? (myna.Tool|string|table)[]  tools that run before its first words; or their names

---@class myna.FillerSpec
---@field say string  these words, while the tool runs and nobody speaks
---@field after? myna.Duration  of silence; default "700ms"
---@field every? myna.Duration  from one line to the next; default "6s"
---@field max? integer  lines a run of the tool; default 2

---@class myna.ToolSpec
---@field name string  what the model calls: letters, digits, _ and -
---@field description string  when to call it, in words for the model
---@field parameters? table<string, myna.Schema>|table  schemas by name, or a raw JSON Schema
---@field execute async fun(args: table, ctx: myna.Context): any, any
---@field timeout? myna.Duration  default "10s"
---@field on_interrupt? "keep"|"cancel"  default "keep"
---@field filler? myna.FillerSpec
---@field needs_approval? boolean|async fun(args: table, ctx: myna.Context): boolean?
---@field approval_timeout? myna.Duration  silence past it is a no; default "60s"
---@field approve_by? "operator"|"caller"  default "operator"
---@field is_enabled? fun(ctx: myna.Context): boolean?
---@field on_error? fun(err: any, ctx: myna.Context): string
---@field once? boolean  the same arguments in this call: the first result
---@field input_guardrails? (myna.Guardrail|myna.Guardrail[])[]  before it runs
---@field output_guardrails? (myna.Guardrail|myna.Guardrail[])[]  after

---@class myna.HandoffSpec
---@field agent string|myna.Agent
---@field tool_name? string  default transfer_to_<Name>
---@field tool_description? string
---@field input? table<string, myna.Schema>|table
---@field on_handoff? async fun(input: table, ctx: myna.Context)
---@field is_enabled? fun(ctx: myna.Context): boolean?
---@field history? myna.Share  what the next agent knows of the conversation; default "all"
---@field say? string  its first words, in place of its own

---@alias myna.Choose fun(items: myna.Item[], ctx: myna.Context): myna.Item[]

--- All, none, the newest items, or a function that gives those it chose and new ones among them.
---@alias myna.Share "all"|"none"|{ last: integer }|myna.Choose

---@alias myna.ItemType "message"|"function_call"|"handoff"|"guardrail"|"config"|"sound"

---@class myna.Item
---@field id? string  absent on new ones
---@field type? myna.ItemType  default "message"
---@field role? "user"|"assistant"|"system"  of a message
---@field text? string  a message's words, as far as they were heard
---@field agent? string  who spoke
---@field images? table[]  what each image was
---@field interrupted? boolean
---@field heard_ms? integer
---@field full_text? string  of an interrupted message: all that was generated
---@field name? string  of a call: the tool
---@field call_id? string
---@field arguments? string
---@field output? any
---@field from? string  of a handoff
---@field to? string
---@field path? string  of a sound: the recording's
---@field forgotten? boolean  the model does not know of it any more

---@param spec myna.AppSpec
---@return myna.App
function myna.app(spec) end

---@param spec myna.AgentSpec
---@return myna.Agent
function myna.agent(spec) end

---@param spec myna.ToolSpec
---@return myna.Tool
function myna.tool(spec) end

--- What a tool's guardrail is given. args is what execute will get.
---@class myna.GuardedCall
---@field tool string
---@field call_id string
---@field args table
---@field output? string  after the tool: what the model would read

--- As the Agents SDK has it.
---@class myna.Tripwire
---@field tripwire_triggered boolean
---@field output_info? any

---@alias myna.Verdict myna.Block|myna.Tripwire|nil
---@alias myna.Change { args?: table, output?: any }
---@alias myna.Check async fun(text: string, ctx: myna.Context): myna.Verdict
---@alias myna.ToolVerdict myna.Verdict|myna.Change
---@alias myna.ToolCheck async fun(call: myna.GuardedCall, ctx: myna.Context): myna.ToolVerdict

---@class myna.GuardrailSpec
---@field name string
---@field check myna.Check|myna.ToolCheck
---@field every_chars? integer|false  of an answer, default 100; false: once at its end
---@field hold? boolean  what has not passed is not heard
---@field on_error? "open"|"closed"  one that errs or is late passes ("open"), or blocks
---@field timeout? myna.Duration  default "3s"

---@class myna.BlockSpec
---@field say? string  these words are said instead; of a tool's call: what the model reads
---@field policy_hint? string  for the model, to find its own
---@field info? any  for the log and on.guardrail_tripped

--- A check of what is said, of what the caller says, or of a tool's call.
---@param spec myna.GuardrailSpec
---@return myna.Guardrail
function myna.guardrail(spec) end

--- What a check returns to stop what it was shown.
---@param spec? myna.BlockSpec
---@return myna.Block
function myna.block(spec) end

---@param spec myna.HandoffSpec
---@return myna.Handoff
function myna.handoff(spec) end

--- A text of the app's folder with {{ctx.state.name or "the caller"}} in it, filled at each use.
--- Live calls follow when the app is reloaded, unless { live = false }.
---@param path string
---@param options? { live?: boolean }
---@return myna.File
function myna.file(path, options) end

--- A file as text.
---@param path string
---@return string
function myna.text(path) end

--- A JSON file as data.
---@param path string
---@return any
function myna.data(path) end

--- A variable of the environment or .env.
---@param name string
---@param default? string
---@return string
function myna.env(name, default) end

--- The same, never shown: opens only inside requests.
---@param name string
---@param default? string
---@return myna.Secret
function myna.secret(name, default) end

--- Words for the model and a detail for the log; returned or raised, from any depth.
---@param words string
---@param detail? any
---@return myna.Failure
function myna.fail(words, detail) end

---@async
---@param time myna.Duration
function myna.sleep(time) end

--- What a tool returns so that the model sees a picture and reads the text.
---@param bytes string  of a PNG or a JPEG
---@param text? string  default "Here is the picture."
---@return myna.Image
function myna.image(bytes, text) end

--- Marks a table as a list, so that it is [] when it is empty.
---@param list? table
---@return table
function myna.array(list) end

---@class myna.json
local json = {}

--- Keys sorted; integers exact; raises for what JSON cannot hold.
---@param value any
---@return string
function json.encode(value) end

---@param text string
---@return any value, string? why
function json.decode(text) end

---@class myna.url
local url = {}

--- Percent-encodes everything but letters, digits and -._~
---@param text any
---@return string
function url.encode(text) end

---@class myna.tools
---@field datetime myna.Tool  the date, weekday and time in the app's zone
---@field hang_up myna.Tool
---@field transfer_call myna.Tool  asks the caller's client to connect them to somebody else
---@field send_dtmf myna.Tool  asks it to press keys
---@field wait myna.Tool  the agent holds its tongue

return myna
