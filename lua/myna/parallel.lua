--- myna.parallel({ a = f, b = g }, { timeout, on_error }): all at once; results by the same keys.
local fail = require "myna.fail"
local fields = require "myna.fields"
local kinds = require "myna.kinds"

local M = {}

local rules = {
  timeout = { "duration", default = 0 },
  on_error = { fields.one_of { "cancel", "collect" }, default = "cancel" },
}

local function keep(err)
  if type(err) ~= "string" then return err end
  return native.traceback(err)
end

--- So that the same call starts its tasks in the same order.
function M.keys(tasks)
  local keys = {}
  for key in pairs(tasks) do keys[#keys + 1] = key end
  table.sort(keys, function(a, b) return tostring(a) < tostring(b) end)
  return keys
end

function M.run(tasks, options)
  if type(tasks) ~= "table" then
    error("myna.parallel: expected functions by name, got " .. kinds.describe(tasks), 2)
  end
  local set = fields.check("myna.parallel", options or {}, rules)
  local results, errors, functions, raised = {}, {}, {}, nil
  for _, key in ipairs(M.keys(tasks)) do
    local task = tasks[key]
    if type(task) ~= "function" then
      error(("myna.parallel: '%s': expected a function"):format(tostring(key)), 2)
    end
    functions[#functions + 1] = function()
      local ok, value = xpcall(task, keep)
      if ok then
        results[key] = value
        return true
      end
      errors[key] = value
      if set.on_error == "cancel" and raised == nil then raised = value end
      return set.on_error == "collect"
    end
  end
  local outcome = native.all(functions, set.timeout, "myna.parallel")
  if raised ~= nil then error(raised, 0) end
  if set.on_error == "collect" then
    if outcome == "timeout" then errors.timeout = "not all were done in time" end
    return results, errors
  end
  if outcome == "timeout" then error(fail.new(native.safe_words, "myna.parallel: timeout"), 0) end
  if outcome == "stopped" then error("myna.parallel: a task was stopped", 2) end
  return results, errors
end

return M
