--- A text agent at work: its model is asked, the tools it calls are run, until it answers.
local api = require "myna.api"
local arguments = require "myna.arguments"
local context = require "myna.context"
local errors = require "myna.errors"
local fields = require "myna.fields"
local instructions = require "myna.instructions"
local jobs = require "myna.jobs"
local kinds = require "myna.kinds"

local M = {}

local tries = 3 -- of one request
local most_at_once = 8 -- tools of one turn; as many requests a call may have under way

local error_meta = { __metatable = "error", __tostring = function(err)
  return ("text agent '%s': %s: %s"):format(err.agent, err.code, err.message)
end }

local function failure(run, code, message, status)
  return setmetatable({ code = code, message = message, status = status,
    agent = run.agent.name }, error_meta)
end

--- The tools that a function gives, in one list.
local function loaded(tools)
  local list = {}
  fields.each(native.load(tools), function(tool) list[#list + 1] = tool end)
  return list
end

--- What the check made of an agent, found once.
local function known(agent)
  if agent.known then return agent.known end
  if type(agent.tools) == "function" then agent.tools = loaded(agent.tools) end
  local found = native.text_agent(agent.name)
  found.tools_by_name = {}
  for _, tool in ipairs(agent.tools) do found.tools_by_name[tool.name] = tool end
  agent.known = found
  return found
end

local function add(run, item)
  run.items[#run.items + 1] = native.encode(item, "input")
end

local function add_input(run, input)
  if type(input) == "string" then input = { { role = "user", content = input } } end
  if type(input) ~= "table" or kinds.of(input) then
    error("expected words or a list of items, got " .. kinds.describe(input), 0)
  end
  for i, item in ipairs(input) do
    if type(item) ~= "table" or kinds.of(item) then
      error(("item %d is %s"):format(i, kinds.describe(item)), 0)
    end
    add(run, item)
  end
end

--- The tools there are now.
local function definitions(run)
  local out = {}
  for i, tool in ipairs(run.agent.tools) do
    if errors.is_enabled(tool, run.ctx, run.job) then out[#out + 1] = run.known.tools[i] end
  end
  return out
end

local function body_of(run)
  local parts = { '"model":' .. native.encode(run.agent.model), '"store":false',
    '"input":[' .. table.concat(run.items, ",") .. "]" }
  if run.on_text then parts[#parts + 1] = '"stream":true' end
  local words, tools = instructions(run.agent, run.ctx), definitions(run)
  if words ~= "" then parts[#parts + 1] = '"instructions":' .. native.encode(words) end
  if #tools > 0 then parts[#parts + 1] = '"tools":[' .. table.concat(tools, ",") .. "]" end
  if run.known.format then
    parts[#parts + 1] = '"text":{"format":' .. run.known.format .. "}"
  end
  return "{" .. table.concat(parts, ",") .. "}"
end

--- ctx.usage.text: of all text agents of the call.
local function count(usage)
  if type(usage) ~= "table" then return end
  local sum = context.text_usage
  local details = usage.input_tokens_details
  local tokens = { input_tokens = usage.input_tokens, output_tokens = usage.output_tokens,
    total_tokens = usage.total_tokens,
    cached_tokens = type(details) == "table" and details.cached_tokens }
  sum.requests = sum.requests + 1
  for name, n in pairs(tokens) do
    if math.type(n) == "integer" then sum[name] = sum[name] + n end
  end
end

local ends = { ["response.completed"] = true, ["response.failed"] = true,
  ["response.incomplete"] = true }

local closing = { __close = function(turn) turn.res:close() end }

--- The response at the end of a stream; its words are told as they come. Or nil and an error.
local function read_events(run, res)
  local turn <close> = setmetatable({ res = res }, closing) -- luacheck: ignore
  local next_event = res:events()
  while true do
    local ok, event = pcall(next_event)
    if not ok then
      return nil, failure(run, res.err and res.err.code or "response", api.why(res))
    end
    local data = event and native.decode(event.data)
    if type(data) ~= "table" then data = {} end
    if not event then
      return nil, failure(run, "response", "the answer ended before its end")
    elseif data.type == "response.output_text.delta" and type(data.delta) == "string" then
      run.on_text(data.delta, run.ctx)
    elseif ends[data.type] then
      return data.response
    elseif data.type == "error" then
      return nil, failure(run, "failed", tostring(data.message))
    end
  end
end

--- The model's response, or nil and an error.
local function ask(run)
  local res = api.post("/responses", body_of(run), { upstream = run.agent.upstream,
    timeout = run.agent.timeout, tries = tries, stream = run.on_text ~= nil })
  if res.err then return nil, failure(run, res.err.code, api.why(res)) end
  if not res.ok then return nil, failure(run, "status", api.why(res), res.status) end
  local response, err
  if run.on_text then
    response, err = read_events(run, res)
    if err then return nil, err end
  else
    response = native.decode(res.body)
  end
  if type(response) ~= "table" or type(response.output) ~= "table" then
    return nil, failure(run, "response", "the answer is no response of the API")
  end
  count(response.usage)
  if response.status == "completed" then return response end
  local why = response.status == "incomplete" and response.incomplete_details or response.error
  why = type(why) == "table" and (why.reason or why.message) or "it says no reason"
  return nil, failure(run, tostring(response.status), tostring(why))
end

--- The parts of a message, which may be anything that came.
local function parts_of(item)
  return item.type == "message" and type(item.content) == "table" and item.content or {}
end

local function is_call(item)
  return type(item.name) == "string" and type(item.call_id) == "string"
    and type(item.arguments) == "string"
end

--- The calls of a response, its text, what it says instead when it refuses; and whether one of its
--- calls is none.
local function read(response)
  local calls, text, refusal, is_broken = {}, {}, nil, false
  for _, item in ipairs(response.output) do
    if type(item) ~= "table" then item = {} end
    if item.type == "function_call" then
      calls[#calls + 1] = item
      is_broken = is_broken or not is_call(item)
    end
    for _, part in ipairs(parts_of(item)) do
      if type(part) ~= "table" then part = {} end
      if part.type == "output_text" and type(part.text) == "string" then
        text[#text + 1] = part.text
      elseif part.type == "refusal" then
        refusal = tostring(part.refusal)
      end
    end
  end
  return calls, table.concat(text), refusal, is_broken
end

--- Tells on.agent_tool_start, and at the end of the block on.agent_tool_end, whatever ends it.
local function told(run, call)
  local args = native.decode(call.arguments)
  local note = { tool = call.name, call_id = call.call_id, text_agent = run.agent.name,
    args = type(args) == "table" and args or {} }
  local began = native.now()
  native.order("tool_started", native.encode(note, "event"))
  return setmetatable(note, { __close = function()
    note.result = note.result or "It was stopped."
    note.seconds = (native.now() - began) / 1000
    native.order("tool_ended", native.encode(note, "event"))
  end })
end

--- The text that answers a call, between the tool's guardrails and within its time.
local function answer_of(run, call)
  local tool = run.known.tools_by_name[call.name]
  local job = { entry = run.known, agent = run.agent.name, agent_place = run.known.place,
    tool = call.name, call_id = run.job.call_id, arguments = call.arguments }
  for i, it in ipairs(run.agent.tools) do
    if it == tool then job.tool_place = i - 1 end
  end
  local text
  local ended = native.all({ function()
    local _, words = jobs.tool(nil, job)
    text = words
    return true
  end }, tool and tool.timeout or 0, "a tool of a text agent")
  if text then return text end
  if ended ~= "timeout" then return native.safe_words end
  errors.tell(job, "warn", "a text agent's tool took too long", "")
  return "The tool did not answer in time."
end

local function run_tool(run, call)
  if not run.known.tools_by_name[call.name] then return answer_of(run, call) end
  local note <close> = told(run, call)
  note.result = answer_of(run, call)
  return note.result
end

--- All calls of a response, at once.
local function run_tools(run, calls)
  local texts = {}
  for from = 1, #calls, most_at_once do
    local tasks = {}
    for i = from, math.min(from + most_at_once - 1, #calls) do
      tasks[#tasks + 1] = function()
        texts[i] = run_tool(run, calls[i])
        return true
      end
    end
    native.all(tasks, 0, "the tools of a text agent")
  end
  for i, call in ipairs(calls) do
    add(run, { type = "function_call", call_id = call.call_id, name = call.name,
      arguments = call.arguments })
    add(run, { type = "function_call_output", call_id = call.call_id,
      output = texts[i] or native.safe_words })
  end
end

--- The data of an answer, or nil; then once more with what is wrong with it, or nil and an error.
local function read_output(run, text)
  local value, why = native.output(text, run.known.place)
  if value ~= nil then
    local schema = run.agent.output.schema
    return schema and arguments.complete(schema, value) or value
  end
  if run.corrected then
    return nil, failure(run, "output", "the answer does not fit: " .. tostring(why))
  end
  run.corrected = true
  add(run, { role = "assistant", content = text })
  add(run, { role = "user", content = ("That was not accepted: %s. Answer again, with JSON that "
    .. "fits the schema and nothing else."):format(tostring(why)) })
end

--- One turn. Gives the answer or an error; neither: it goes on.
local function turn(run)
  local response, err = ask(run)
  if not response then return nil, err end
  local calls, text, refusal, is_broken = read(response)
  if is_broken then
    return nil, failure(run, "response", "a call without its name, call_id or arguments")
  end
  if #calls > 0 then return run_tools(run, calls) end
  if refusal then return nil, failure(run, "refusal", refusal) end
  if run.known.format then return read_output(run, text) end
  if text == "" then return nil, failure(run, "response", "the answer is empty") end
  return text
end

local options_rules = { on_text = { "function" } }

local function read_options(agent, options)
  local what = ("text agent '%s': run"):format(agent.name)
  local given = fields.check(what, options or {}, options_rules)
  if given.on_text and agent.output then
    error(native.place(what .. ": on_text: an agent with an output gives data, not words"), 0)
  end
  return given
end

function M.run(agent, input, ctx, options)
  if kinds.of(agent) ~= "text_agent" then
    error(native.place "a text agent is asked as office:run(input, ctx), with a colon", 0)
  end
  if getmetatable(ctx) ~= "ctx" then
    error(("text agent '%s': run(input, ctx): expected ctx, got %s"):format(agent.name,
      kinds.describe(ctx)), 3)
  end
  local run = { agent = agent, ctx = ctx, known = known(agent), items = {},
    on_text = read_options(agent, options).on_text,
    job = { agent = agent.name, tool = ctx.tool, call_id = context.call_id(ctx) } }
  context.text_usage = context.text_usage or context.no_text_usage()
  local ok, why = pcall(add_input, run, input)
  if not ok then error(("text agent '%s': run: %s"):format(agent.name, why), 3) end
  if #run.items == 0 then return nil, failure(run, "input", "there is nothing to ask") end
  for _ = 1, agent.max_turns do
    local answer, err = turn(run)
    if answer ~= nil or err then return answer, err end
  end
  return nil, failure(run, "max_turns", ("no answer after %d turns"):format(agent.max_turns))
end

return M
