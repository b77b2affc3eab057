--- ctx: what every function of an author's is given. One per job, over one per call.
local kinds = require "myna.kinds"

local M = {}

local levels = { debug = 0, info = 1, warn = 2, error = 3 }

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
  local of_author = #names
  for _, pair in ipairs(extra or {}) do
    if pair[2] then
      names[#names + 1], values[#values + 1] = pair[1], pair[2]
    end
  end
  native.log(levels[level], text_of(text), names, values, of_author)
end

--- Raises at the author's line.
local function check_line(log, self, level, own)
  if self ~= log then
    error(("ctx.log: write ctx.log:%s(...), with a colon"):format(level), 3)
  end
  if own ~= nil and (type(own) ~= "table" or kinds.of(own)) then
    error(("ctx.log:%s: expected a table of fields, got %s"):format(level, kinds.describe(own)), 3)
  end
end

local function no_level(_, name)
  error(("ctx.log has no '%s'%s"):format(tostring(name),
    require "myna.mistakes".hint(name, levels)), 2)
end

local log_meta = { __index = no_level, __metatable = "ctx.log" }

local function new_log(job)
  local log = setmetatable({}, log_meta)
  for level in pairs(levels) do
    log[level] = function(self, text, own)
      check_line(log, self, level, own)
      M.log(level, text, own, { { "agent", job.agent }, { "tool", job.tool } })
    end
  end
  return log
end

local shared -- of the call: state, private, user, call, timezone
local known = { state = true, private = true, user = true, call = true, timezone = true,
  agent = true, tool = true, log = true }

local function on_read(_, name)
  if known[name] then return shared[name] end
  return require "myna.orders".find(name, known)
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

--- ctx.usage.text, before a text agent was asked.
function M.no_text_usage()
  return { requests = 0, input_tokens = 0, cached_tokens = 0, output_tokens = 0, total_tokens = 0 }
end

function M.state() return shared.state end

local meta = { __index = on_read, __newindex = on_write, __metatable = "ctx" }

--- The ctx of one job: { agent, tool } by name. The model's call it answers is not the author's.
function M.new(job)
  return setmetatable({ agent = job.agent, tool = job.tool, log = new_log(job),
    [M] = job.call_id }, meta)
end

function M.call_id(ctx) return rawget(ctx, M) end

return M
