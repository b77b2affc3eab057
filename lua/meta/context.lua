---@meta _
-- Types of ctx, which every function of an author is given,
-- for editors (LuaLS). ctest lint.types holds them to the SDK.

--- Yours: declare its fields in your app, and ctx.state has them.
---@class myna.State
---@field [string] any

---@class myna.Call
---@field id string
---@field app string
---@field from? string
---@field to? string
---@field channel? string
---@field meta? table

---@class myna.Context
---@field state myna.State  JSON-able; copied from app.state for each call
---@field private table  never logged, stored or put in a template
---@field user any  what the caller's key says
---@field call myna.Call
---@field timezone? string
---@field agent string  who is active
---@field tool? string
---@field history myna.History
---@field usage myna.Usage  of the call so far
---@field deadline? number  seconds this function still has; nil when nothing limits it
---@field log myna.Log
local Context = {}

--- These words are spoken. interrupt = false: to their end, whoever speaks meanwhile. wait: returns
--- when they have been heard; nil, "interrupted" when they will not be.
---@param text string|{ [1]: string, interrupt?: boolean, wait?: boolean }
---@param options? { interrupt?: boolean, wait?: boolean }
---@return true? done, string? why
function Context:say(text, options) end

---@class myna.PlayOptions
---@field text? string  what is said in it: the model knows of these words, as far as they are heard
---@field interrupt? boolean  false: to its end, whoever speaks meanwhile
---@field wait? boolean  returns when it has been heard; nil, "interrupted" when it will not be

--- A WAV of the app's folder (16-bit PCM, mono or stereo) is heard in its turn, behind what is
--- being said and asked for. A file that is not there, or no WAV, is a mistake; it is found when
--- the app loads where the path stands there as it is.
---@param path string
---@param options? myna.PlayOptions
---@return true? done, string? why
function Context:play(path, options) end

--- The model is shown a picture, and reads the text with it; it answers when it is next asked to
--- (ctx:reply). Bytes that are no PNG or JPEG, or too many, are a mistake. nil and why when it
--- cannot be shown just now.
---@param picture string|myna.Image  its bytes, or its path in the app's folder
---@param options? { text?: string }
---@return true? done, string? why
function Context:send_image(picture, options) end

--- A point of your own: in the log at info, in the call's record (--records), and for scenarios
--- (app:expect_trace). Callers are told nothing of it.
---@param name string  letters, digits, _ . : and -
---@param fields? table<string, any>
function Context:trace(name, fields) end

--- The caller's client, if it asked for myna.* events, is told myna.transfer { to }.
---@param to string  a number, or an address
---@return true? done, string? why
function Context:transfer_call(to) end

--- The same with myna.send_dtmf { digits }.
---@param keys string  "123#"
---@return true? done, string? why
function Context:send_dtmf(keys) end

---@class myna.CollectOptions
---@field say? string  words first; the first key ends them
---@field max? integer  so many digits end it; default 64
---@field finish? string|false  this key does; default "#"
---@field timeout? myna.Duration  so long without a key, once nobody speaks; default "5s"

--- Waits for the keys the caller presses. Neither the model nor the log sees them.
---@async
---@param options? myna.CollectOptions
---@return string? digits, "done"|"finish"|"timeout"|string how
function Context:collect_digits(options) end

--- The agent finds its own words.
---@param options? { instructions?: string }
---@return true? done, string? why
function Context:reply(options) end

---@class myna.MoveOptions
---@field history? myna.Share  default "all"
---@field say? string  the next agent's first words
---@field reply? boolean|string|{ instructions: string }  false: it waits to be spoken to
---@field input? table  for the on_handoff of the handoff to that agent

---@param agent string|myna.Agent
---@param options? myna.MoveOptions
---@return true? done, string? why
function Context:handoff(agent, options) end

--- Instructions and tools are looked at again, and the model is told of what changed.
---@return true? done, string? why
function Context:refresh() end

--- Runs a tool of the agent's with the checks the model's calls meet. A table where the model would
--- read JSON, else its words; nil and words when it failed.
---@async
---@param name string
---@param args? table
---@return any result, string? words
function Context:call_tool(name, args) end

--- In a tool: these words answer the model's call now, so that talk goes on; what the tool returns
--- is told later.
---@param text string
---@return true? done, string? why
function Context:progress(text) end

--- A tool's call that waits for an approval may run.
---@param call_id string  event.call_id of on.tool_approval_requested
---@return true? done, string? why
function Context:approve(call_id) end

---@param call_id string
---@param why? string  words for the model
---@return true? done, string? why
function Context:reject(call_id, why) end

--- As if the caller had cut in.
---@return true? done, string? why
function Context:interrupt() end

--- Ends the call once what is being said has been heard.
---@param reason? string
---@return true? done, string? why
function Context:hang_up(reason) end

--- An event for the caller's client.
---@param event table  with a `type`
---@return true? done, string? why
function Context:send(event) end

---@class myna.History
local History = {}

---@param options? { last?: integer, kinds?: string[] }
---@return myna.Item[]
function History:items(options) end

--- The conversation as lines.
---@param options? { last?: integer, kinds?: string[] }
---@return string
function History:text(options) end

--- The history shall be these items; the model is told of the difference.
---@param items myna.Item[]|fun(items: myna.Item[]): myna.Item[]
---@return true
function History:replace(items) end

---@param id string
---@return boolean done  false when there is no such item
function History:delete(id) end

---@param item myna.Item
---@param after? string  the id it stands behind; default: at the end
---@return true
function History:insert(item, after) end

--- All of it, as JSON.
---@return string
function History:dump() end

---@param json string  of dump, in this call or another
---@return true
function History:load(json) end

---@class myna.Log
local Log = {}

---@param text string
---@param fields? table<string, any>
function Log:debug(text, fields) end

---@param text string
---@param fields? table<string, any>
function Log:info(text, fields) end

---@param text string
---@param fields? table<string, any>
function Log:warn(text, fields) end

---@param text string
---@param fields? table<string, any>
function Log:error(text, fields) end
