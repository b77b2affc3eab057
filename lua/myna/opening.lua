--- on.call_start: before anything is said, the app decides who answers, or that nobody does (R68).
--- What it cannot decide is decided for it: the app's first agent answers, and the log says why.
local context = require "myna.context"
local errors = require "myna.errors"
local kinds = require "myna.kinds"
local mistakes = require "myna.mistakes"

local M = {}

--- What it gave is not to be used, so the first agent answers.
local function tell(job, level, handler, format, ...)
  errors.tell(job, level, ("on.call_start: '%s' answers"):format(job.agent),
    ("%s: it gave "):format(native.defined(handler)) .. format:format(...))
end

local function refused(why)
  if type(why) ~= "string" then
    why = why == nil and "none was given" or ("none in words, but %s"):format(kinds.describe(why))
  end
  context.log("info", "the caller is turned away", nil, { { "reason", native.mask(why) } })
  return false, "", "refused"
end

--- The agent's name, or "" for the first one.
local function chosen(plan, job, handler, value)
  if value == nil or value == true then return "" end
  local name = kinds.of(value) == "agent" and value.name or value
  if type(name) ~= "string" then
    tell(job, "error", handler, "%s; expected an agent's name, or false and a reason to turn the "
      .. "caller away", kinds.describe(value))
    return ""
  end
  if plan.by_name[name] then return name end
  tell(job, "error", handler, "'%s', but there is no such agent%s", name,
    mistakes.hint(name, plan.by_name))
  return ""
end

local over = { __close = function() context.opening = nil end }

function M.call_start(plan, job)
  local handler = plan.app.on.call_start
  local _ <close> = setmetatable({}, over) -- also when its time is over
  context.opening = true
  local ok, value, why = xpcall(handler, errors.caught, native.decode(job.event), context.new(job))
  if not ok then
    errors.log(job, ("on.call_start failed: '%s' answers"):format(job.agent), value)
    return false, "", ""
  end
  if value == false then return refused(why) end
  if value == nil and why ~= nil then
    tell(job, "warn", handler, "nil and a reason; to turn the caller away, give false and a reason")
  end
  return true, chosen(plan, job, handler, value), ""
end

return M
