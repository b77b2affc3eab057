--- ctx: what every function of an author's is given. One per job, over one per call.
local kinds = require "myna.kinds"
local mistakes = require "myna.mistakes"

local M = {}

local levels = { debug = 0, info = 1, warn = 2, error = 3 }
local later = { "collect_digits", "call_tool", "transfer_call", "progress", "refresh", "send",
  "send_image", "play", "send_dtmf", "trace", "usage", "deadline" }

local function text_of(value)
  if type(value) == "string" then return value end
  if type(value) == "table" and not kinds.of(value) then
    local ok, json = pcall(native.encode, value, "field")
    if ok and json then return json end
  end
  return tostring(value)
end

--- Writes a line; extra fields come after the author's own.
function M.log(level, text, own, extra)
  local names, values = {}, {}
  for name in pairs(own or {}) do names[#names + 1] = tostring(name) end
  table.sort(names)
  for i, name in ipairs(names) do
    values[i] = native.mask(text_of(own[name] == nil and own[tonumber(name)] or own[name]))
  end
  for _, pair in ipairs(extra or {}) do
    if pair[2] then
      names[#names + 1], values[#values + 1] = pair[1], pair[2]
    end
  end
  native.log(levels[level], text_of(text), names, values)
end

local function new_log(job)
  local log = {}
  for level in pairs(levels) do
    log[level] = function(_, text, own)
      M.log(level, text, own, { { "agent", job.agent }, { "tool", job.tool } })
    end
  end
  return log
end

--- One line an item, as a person reads a conversation.
local function line_of(item)
  local text = item.text or item.transcript
  for _, part in ipairs(not text and type(item.content) == "table" and item.content or {}) do
    text = (text or "") .. (part.text or part.transcript or "")
  end
  if item.type == "handoff" then return ("[%s hands over to %s]"):format(item.from, item.to) end
  if item.type == "function_call" then
    return ("[%s %s]"):format(item.name or "?", item.arguments or "{}")
  end
  if not text or text == "" then return nil end
  return ("%s: %s"):format(item.role == "user" and "caller" or item.agent or item.role or "?", text)
end

local history = {}

local function read_last(options)
  if options == nil then return native.history(0) end
  local fields = require "myna.fields"
  local set = fields.check("ctx.history", options, { last = { "count", default = 0 } })
  return native.history(set.last)
end

function history:items(options)
  return read_last(options)
end

function history:text(options)
  local lines = {}
  for _, item in ipairs(read_last(options)) do lines[#lines + 1] = line_of(item) end
  return table.concat(lines, "\n")
end

local methods = {}

local function words(method, value)
  if type(value) == "string" and value ~= "" then return value end
  error(("ctx:%s: expected words, got %s"):format(method, kinds.describe(value)), 3)
end

function methods:say(text)
  return native.order("say", words("say", text))
end

function methods:reply(options)
  if options == nil then return native.order("reply", "") end
  local fields = require "myna.fields"
  local set = fields.check("ctx:reply", options, { instructions = { "words" } })
  return native.order("reply", set.instructions or "")
end

function methods:handoff(agent)
  local name = kinds.of(agent) == "agent" and agent.name or agent
  if not M.plan.by_name[words("handoff", name)] then
    error(("ctx:handoff: there is no agent '%s'%s"):format(name,
      mistakes.hint(name, M.plan.by_name)), 2)
  end
  return native.order("handoff", name)
end

function methods:interrupt()
  return native.order "interrupt"
end

function methods:hang_up(reason)
  return native.order("hang_up", reason and words("hang_up", reason) or "")
end

local is_later = {}
for _, name in ipairs(later) do is_later[name] = true end

local shared -- of the call: state, private, user, call, timezone
local known = { state = true, private = true, user = true, call = true, timezone = true,
  agent = true, tool = true, history = true, log = true }
for name in pairs(methods) do known[name] = true end

local function on_read(_, name)
  local value = methods[name]
  if value ~= nil then return value end
  if is_later[name] then error(("ctx.%s is not available in this version"):format(name), 2) end
  if not known[name] then
    error(("ctx has no '%s'%s"):format(tostring(name), mistakes.hint(name, known)), 2)
  end
  return shared[name]
end

local function on_write(_, name, value)
  if name ~= "state" and name ~= "private" then
    error(("ctx.%s cannot be set; keep what is yours in ctx.state"):format(tostring(name)), 2)
  end
  if type(value) ~= "table" or kinds.of(value) then
    error(("ctx.%s: expected a table, got %s"):format(name, kinds.describe(value)), 2)
  end
  shared[name] = value
end

local function copy(value)
  if type(value) ~= "table" then return value end
  local out = getmetatable(value) == "list" and native.array {} or {}
  for key, inner in pairs(value) do out[key] = copy(inner) end
  return out
end

--- Once a call, when its files have run.
function M.open(plan)
  local app = plan.app
  M.plan = plan
  shared = { state = copy(app.state or {}), private = {}, user = native.user(),
    call = native.meta() or {}, timezone = app.timezone }
  for key, value in pairs(native.first_state() or {}) do shared.state[key] = value end
  if shared.call.app == nil then shared.call.app = app.name or native.called() end
end

function M.state() return shared.state end

local meta = { __index = on_read, __newindex = on_write, __metatable = "ctx" }

--- The ctx of one job: { agent, tool } by name.
function M.new(job)
  return setmetatable({ agent = job.agent, tool = job.tool, history = history,
    log = new_log(job) }, meta)
end

return M
