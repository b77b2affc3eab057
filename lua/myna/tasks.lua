--- What runs at once and is waited for: myna.map, myna.race, myna.with_timeout. Nothing they start
--- goes on when they return.
local fail = require "myna.fail"
local fields = require "myna.fields"
local kinds = require "myna.kinds"

local M = {}

local function keep(err)
  if type(err) ~= "string" then return err end
  return native.traceback(err)
end

--- Raises what ended the others, if that is why they ended.
local function judge(name, outcome, raised)
  if raised ~= nil then error(raised, 0) end
  if outcome == "timeout" then error(fail.new(native.safe_words, name .. ": timeout"), 0) end
  if outcome == "stopped" then error(name .. ": a task was stopped", 3) end
end

local map_rules = {
  at_once = { "count", default = 8 }, -- as many as a call's requests at once
  timeout = { "duration", default = 0 },
}

--- myna.map(list, f, { at_once, timeout }): what f(value, place) gives, in the order of the list.
function M.map(list, f, options)
  if type(list) ~= "table" or kinds.of(list) then
    error("myna.map: expected a list, got " .. kinds.describe(list), 2)
  end
  if type(f) ~= "function" then
    error("myna.map: expected a function, got " .. kinds.describe(f), 2)
  end
  local set = fields.check("myna.map", options or {}, map_rules)
  local results, raised, at, workers = native.array {}, nil, 0, {}
  local function work()
    while at < #list do
      at = at + 1
      local place = at
      local ok, value = xpcall(f, keep, list[place], place)
      if not ok then
        if raised == nil then raised = value end
        return false
      end
      results[place] = value
    end
    return true
  end
  for i = 1, math.min(#list, set.at_once) do workers[i] = work end
  judge("myna.map", native.all(workers, set.timeout, "myna.map"), raised)
  return results
end

local race_rules = { timeout = { "duration", default = 0 } }

--- myna.race({ a = f, b = g }, { timeout }): what the first gives that returns, and its key. The
--- others are cancelled. One that raises has not won; when all do, the first error is raised.
function M.race(tasks, options)
  if type(tasks) ~= "table" or kinds.of(tasks) or next(tasks) == nil then
    error("myna.race: expected functions, got " .. (type(tasks) == "table" and not kinds.of(tasks)
      and "none" or kinds.describe(tasks)), 2)
  end
  local set = fields.check("myna.race", options or {}, race_rules)
  local functions, won, raised, value, winner = {}, false, nil, nil, nil
  for _, key in ipairs(require "myna.parallel".keys(tasks)) do
    local task = tasks[key]
    if type(task) ~= "function" then
      error(("myna.race: '%s': expected a function"):format(tostring(key)), 2)
    end
    functions[#functions + 1] = function()
      local ok, got = xpcall(task, keep)
      if ok and not won then
        won, value, winner = true, got, key
      elseif not ok and raised == nil then
        raised = got
      end
      return not ok
    end
  end
  local outcome = native.all(functions, set.timeout, "myna.race")
  if not won then judge("myna.race", outcome, raised) end
  return value, winner
end

--- myna.with_timeout("2s", f): what f gives, or nil and "timeout"; f is cancelled then.
function M.limited(time, f)
  local ms, why = require "myna.duration".read(time)
  if not ms then error("myna.with_timeout: " .. why, 2) end
  if ms == 0 then error("myna.with_timeout: expected a time over 0", 2) end
  if type(f) ~= "function" then
    error("myna.with_timeout: expected a function, got " .. kinds.describe(f), 2)
  end
  local out, raised
  local outcome = native.all({ function()
    local got = table.pack(xpcall(f, keep))
    if got[1] then out = got else raised = got[2] end
    return got[1]
  end }, ms, "myna.with_timeout")
  if outcome == "timeout" then return nil, "timeout" end
  judge("myna.with_timeout", outcome, raised)
  return table.unpack(out, 2, out.n)
end

return M
