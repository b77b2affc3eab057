--- The words in a call, while its files run. They have run before, in the check, where every field
--- was read and every mistake told; so here a word only makes what it made there. In a function,
--- later, nothing was proved: there each word is the one that checks.
local kinds = require "myna.kinds"
local transfer = require "myna.transfer"

local make_agent, make_app, make_tool = kinds.new "agent", kinds.new "app", kinds.new "tool"
local make_guardrail = kinds.new "guardrail"
local make_schema, schemas = kinds.new "schema"
local nothing = {}

local function taken(spec)
  local out = {}
  for name, value in pairs(spec) do out[name] = value end
  return out
end

--- Puts milliseconds where durations stand.
local function measured(out, ...)
  for _, name in ipairs { ... } do
    if out[name] ~= nil then out[name] = require "myna.duration".read(out[name]) end
  end
  return out
end

local function filled(out, defaults)
  for name, value in pairs(defaults) do
    if out[name] == nil then out[name] = value end
  end
  return out
end

--- Flattens a list of lists into out.
local function flatten(list, out)
  for _, value in ipairs(list) do
    if type(value) == "table" and not kinds.of(value) then
      flatten(value, out)
    else
      out[#out + 1] = value
    end
  end
  return out
end

local function object(properties)
  local list = {}
  for name, schema in pairs(properties) do list[#list + 1] = { name = name, schema = schema } end
  return make_schema { type = "object", properties = list, options = nothing, serial = 0 }
end

--- What schema.read makes of parameters. A raw JSON Schema is the bundle's to know.
local function input(given)
  if given == nil then return nothing end
  if kinds.of(given) == "schema" then
    return { schema = given.type == "object" and given or nil }
  end
  return { schema = type(given.type) ~= "string" and object(given) or nil }
end

--- Flattens the lists of these fields, where they are given.
local function flattened(out, ...)
  for _, name in ipairs { ... } do
    if out[name] then out[name] = flatten(out[name], {}) end
  end
end

local words = {}

local guardrail_defaults = { every_chars = 100, hold = false, on_error = "open", timeout = 3000 }

function words.guardrail(spec)
  local guardrail = filled(measured(taken(spec), "timeout"), guardrail_defaults)
  guardrail.every_chars = guardrail.every_chars or 0
  return make_guardrail(guardrail)
end

local tool_defaults = { timeout = 10000, on_interrupt = "keep", once = false,
  needs_approval = false, approval_timeout = 60000, approve_by = "operator" }
local filler_defaults = { after = 700, every = 6000, max = 2 }

function words.tool(spec)
  local tool = filled(measured(taken(spec), "timeout", "approval_timeout"), tool_defaults)
  if tool.filler then
    tool.filler = filled(measured(taken(tool.filler), "after", "every"), filler_defaults)
  end
  tool.parameters = input(tool.parameters)
  flattened(tool, "input_guardrails", "output_guardrails")
  return make_tool(tool)
end

local agent_defaults = { instructions = "", tools = nothing, handoffs = nothing }

function words.agent(spec)
  local agent = filled(taken(spec), agent_defaults)
  local list = agent.handoffs
  flattened(agent, "tools", "input_guardrails", "output_guardrails", "prelude")
  if list ~= "all" then
    list = flatten(list, {})
    for i, to in ipairs(list) do
      if kinds.of(to) ~= "handoff" then list[i] = transfer.plain(to) end
    end
  end
  agent.handoffs = list
  return make_agent(agent)
end

function words.handoff(spec)
  local handoff = taken(spec)
  handoff.input = input(handoff.input)
  handoff.target = transfer.target(handoff.agent)
  return transfer.make(handoff)
end

local app_defaults = { model = "gpt-realtime", output = "audio", is_whole = true, agents = nothing,
  on = nothing, limits = nothing }

--- Events of the app's own keep what their fields say; what it only looks at is a function.
local function own_events(events)
  if not events then return nil end
  local out = {}
  for name, spec in pairs(events) do
    out[name] = type(spec) == "table" and { act = spec.act, fields = input(spec.fields) } or spec
  end
  return out
end

--- Only the front state runs them; a call keeps them as they are.
local function routes(given)
  local out = {}
  for key, spec in pairs(given or nothing) do
    out[key] = type(spec) == "function" and { act = spec } or spec
  end
  return out
end

function words.app(spec)
  local app = filled(taken(spec), app_defaults)
  if type(app.greeting) == "string" then app.greeting = { words = app.greeting } end
  if type(app.transcription) == "string" then app.transcription = { model = app.transcription } end
  app.limits = measured(taken(app.limits), "duration", "idle")
  flattened(app, "agents", "input_guardrails", "output_guardrails")
  app.client_events = own_events(app.client_events)
  app.routes = app.routes and routes(app.routes)
  return make_app(app)
end

--- The word while files run, else the one of its page.
local function proved(word, page, name)
  return function(...)
    if native.loading() then return word(...) end
    return (require(page)[name](...))
  end
end

local M = {}
for name, word in pairs(words) do M[name] = proved(word, "myna." .. name, "new") end

local text_defaults = { instructions = "", tools = nothing, max_turns = 10, timeout = 60000 }

M.text_agent = proved(function(spec)
  local agent = filled(measured(taken(spec), "timeout"), text_defaults)
  if type(agent.tools) == "table" then flattened(agent, "tools") end -- else when it is asked
  if agent.output then agent.output = input(agent.output) end
  return require "myna.textagent".make(agent)
end, "myna.textagent", "new")

local client_defaults = { headers = {}, words = {}, timeout = nothing, pool = nothing }
local retry_defaults = { tries = 3, pause = 200 }

--- What http.client keeps.
function M.client(spec)
  local client = filled(taken(spec or nothing), client_defaults)
  local timeout = client.timeout
  if type(timeout) ~= "table" then timeout = { total = timeout } end
  client.timeout = measured(taken(timeout), "connect", "total", "pool", "idle")
  client.pool = measured(taken(client.pool), "keep_for")
  if client.retry then
    client.retry = filled(measured(taken(client.retry), "pause"), retry_defaults)
  end
  if client.cache then client.cache = require "myna.cached"(client.cache) end
  if client.ca then client.ca = native.text(client.ca) end
  return client
end

--- What a call knows of a schema: the properties of an object, and what stands for those left out.
local function same(schema) return schema end
local scalar = make_schema { options = nothing, serial = 0 }
local scalar_word = function() return scalar end

schemas.optional, schemas.nullable = same, same

function schemas:default(value)
  local copy = taken(self)
  copy.otherwise = value
  return make_schema(copy)
end

local schema = setmetatable({}, { __metatable = "schema", __index = function(_, word)
  return require "myna.schema".words[word]
end })
for _, word in ipairs { "string", "integer", "number", "boolean", "enum", "array", "any", "one_of",
  "date", "time", "datetime" } do
  schema[word] = proved(scalar_word, "myna.schema", word)
end
schema.object = proved(function(...)
  local first, second = ...
  return object(type(first) == "table" and first or second or nothing)
end, "myna.schema", "object")
M.schema = schema

return M
