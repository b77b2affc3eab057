---@meta _
-- Types of text agents, for editors (LuaLS). ctest lint.types holds them to the SDK.

---@class myna
local myna = {}

---@class myna.TextAgentSpec
---@field name string
---@field model string  a text model: "gpt-4.1"
---@field instructions? string|myna.File|fun(ctx: myna.Context): string|myna.File
---@field tools? (myna.Tool|table)[]|fun(): table  its own; a function runs when it is first asked
---@field max_turns? integer  requests of one run; default 10
---@field output? myna.Schema|table<string, myna.Schema>|table  its answer is data that fits this
---@field upstream? string  "sim", "openai" or http(s)://...; default: where the server's is
---@field timeout? myna.Duration  of one request; default "60s"

--- Why a text agent gave no answer: "status" (of the model's server), "timeout" and its kin,
--- "max_turns", "output" (it never fitted), "refusal", "incomplete", "failed", "response", "input".
---@class myna.TextError
---@field code string
---@field message string  for the log
---@field status? integer
---@field agent string

--- An item of the API's: { role = "user", content = "..." } and others.
---@alias myna.TextItem table

---@class myna.TextToolSpec: myna.ToolSpec
---@field execute nil
---@field history? myna.Share  what it knows of the conversation; default "all"
---@field input? fun(args: table, ctx: myna.Context): string|myna.TextItem[]|nil  what is asked
---@field timeout? myna.Duration  default "30s"
---@field on_text? fun(words: string, ctx: myna.Context)  hears the text as it comes

---@class myna.TextRunOptions
---@field on_text? fun(words: string, ctx: myna.Context)  hears the text as it comes; may wait

---@class myna.TextAgent
local TextAgent = {}

--- Asks it: words, or a list of items. Its answer's text, or its data when it has an output; or nil
--- and why.
---@async
---@param input string|myna.TextItem[]
---@param ctx myna.Context
---@param options? myna.TextRunOptions
---@return any answer, myna.TextError? err
function TextAgent:run(input, ctx, options) end

--- A tool whose call asks it, with the conversation so far before what is asked.
---@param spec myna.TextToolSpec
---@return myna.Tool
function TextAgent:as_tool(spec) end

---@param spec myna.TextAgentSpec
---@return myna.TextAgent
function myna.text_agent(spec) end
