---@meta _
-- Types of the small words, for editors (LuaLS). ctest lint.types holds them to the SDK.

---@class myna
local myna = {}

--- A new UUID (version 4). To name things, not to keep them secret.
---@return string
function myna.uuid() end

---@class myna.hash
local hash = {}

---@alias myna.DigestForm "hex"|"base64"|"bytes"  default "hex"

--- SHA-256.
---@param text string
---@param form? myna.DigestForm
---@return string
function hash.sha256(text, form) end

--- HMAC with SHA-256.
---@param key string|myna.Secret
---@param text string
---@param form? myna.DigestForm
---@return string
function hash.hmac(key, text, form) end

---@class myna.base64
local base64 = {}

---@param bytes string
---@return string
function base64.encode(bytes) end

--- Nil and why when it is not base64; the alphabet for URLs and missing padding are taken.
---@param text string
---@return string? bytes, string? why
function base64.decode(text) end

--- Moments are whole seconds since 1970, as os.time gives them.
---@class myna.time
local time = {}

---@return integer
function time.now() end

--- "2026-03-01", "2026-03-01 10:30" or "2026-03-01T10:30:00+01:00"; nil and why for others. Without
--- an offset it is in the app's time zone.
---@param text string
---@return integer? at, string? why
function time.parse(text) end

--- "2026-03-01T10:30:00+01:00", or by a format of os.date.
---@param at integer
---@param format? string
---@return string
function time.format(at, format) end

---@class myna.TimeStep
---@field years? integer
---@field months? integer
---@field weeks? integer
---@field days? integer
---@field hours? integer
---@field minutes? integer
---@field seconds? integer

--- A moment so much later; negative is earlier. Days are the calendar's, whatever the clocks do; a
--- month after the 31st is the month's last day.
---@param at integer
---@param what myna.TimeStep
---@return integer
function time.add(at, what) end

---@class myna.TokenSpec
---@field app? string  the one it opens calls of; default: the route's own
---@field user? string  ctx.user.id of its calls, and req.user.id
---@field ttl? myna.Duration  how long it is good; default "10m", at most --token-ttl
---@field single_use? boolean  it opens one call
---@field claims? table<string, any>  ctx.user.claims; at most --token-bytes with the rest

---@class myna.Token
---@field value string  "ek_...", to be presented as a key
---@field expires_at integer  Unix seconds

--- A key for one caller, for a while; in routes and in calls. What cannot be made raises.
---@param token? myna.TokenSpec
---@return myna.Token
function myna.token(token) end

---@class myna.ConnectOptions
---@field agent? string|myna.Agent  who answers
---@field user? table  ctx.user
---@field state? table  over the app's
---@field call? table  ctx.call, beside its id and app
---@field greeting? boolean  false: the agent does not speak first

---@class myna.Connected
---@field sdp string  the model's answer
---@field call_id string  of the call at the model, "rtc_..."

---@class myna.ConnectFailure
---@field status integer  of HTTP, to answer with
---@field code? string
---@field message string  holds no secret

--- A direct call (webrtc = "direct") for an offer that came by a route. Waits for the model. In
--- routes only.
---@async
---@param sdp string
---@param options? myna.ConnectOptions
---@return myna.Connected? answer, myna.ConnectFailure? err
function myna.connect(sdp, options) end

---@class myna.CallApproval
---@field call_id string
---@field tool string
---@field arguments any
---@field approve_by "operator"|"caller"

--- One of the app's calls, as it was when it was listed. An order gives true, or nil and why it
--- cannot be carried out.
---@class myna.Call
---@field id string  ctx.call.id there
---@field app string
---@field agent string  who speaks
---@field status "open"|"away"|"ending"  away: the caller is lost, and may come back (R63)
---@field started_at integer  Unix seconds
---@field seconds number
---@field peer string  the caller's address
---@field number integer  in the order in which calls began
---@field approvals myna.CallApproval[]  tools that wait (R19)
local call = {}

--- The agent says these words.
---@param text string
---@param options? { interrupt?: boolean }  false: the caller cannot cut in
---@return true? done, string? why
function call:say(text, options) end

--- As if the caller had typed it: guardrails see it, and it is answered.
---@param text string
---@return true? done, string? why
function call:send_text(text) end

---@class myna.CallHandoff
---@field history? "all"|"none"|{ last: integer }  what the other agent knows
---@field say? string  its first words
---@field reply? boolean|{ instructions: string }  whether, and with what in mind, it speaks first

--- Another agent goes on with the call (R25).
---@param agent string|myna.Agent
---@param options? myna.CallHandoff
---@return true? done, string? why
function call:handoff(agent, options) end

--- What is being said stops, as if the caller had cut in.
---@return true? done, string? why
function call:interrupt() end

--- The call ends once what is being said has been heard.
---@param reason? string
---@return true? done, string? why
function call:hang_up(reason) end

--- What ctx.state holds there now: all of it, or these fields. Waits a moment.
---@async
---@param ... string
---@return table? state, string? why
function call:state(...) end

--- The app's calls, oldest first; with an id that one, or nil. In routes only. Where there are
--- several workers it waits for the others, whose calls it lists, too (1,000 of each at most), and
--- orders wait likewise.
---@param id? string
---@return myna.Call[]|myna.Call|nil
function myna.calls(id) end
