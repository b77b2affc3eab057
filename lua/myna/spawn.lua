--- myna.spawn(f, { outlive }): a task nobody waits for. It ends with its call, or within `outlive`
--- after it.
local context = require "myna.context"
local duration = require "myna.duration"
local fields = require "myna.fields"
local kinds = require "myna.kinds"

local make, methods = kinds.new "task"
local M = {}

local outlive_max = 300000 -- ms a call that is over is kept for its tasks, at most

local rules = { outlive = { function(value)
  local ms, why = duration.read(value)
  if ms and (ms == 0 or ms > outlive_max) then return nil, "expected a time up to \"5m\"" end
  return ms, why
end, default = 0 } }

local function keep(err)
  if type(err) ~= "string" then return err end
  return native.traceback(err)
end

local function log(err)
  context.log("error", "a spawned task failed", nil, { { "error", native.mask(tostring(err)) } })
end

--- However the task ends, those who wait for it go on.
local ending = { __close = function(self)
  self.task.ended = true
  native.release(self.task.gate)
end }

function M.new(f, options)
  if type(f) ~= "function" then
    error("myna.spawn: expected a function, got " .. kinds.describe(f), 2)
  end
  local set = fields.check("myna.spawn", options or {}, rules)
  local task = make { gate = native.semaphore(0), waiting = 0 }
  task.id = native.spawn(function()
    local closer <close> = setmetatable({ task = task }, ending) -- luacheck: ignore
    task.out = table.pack(xpcall(f, keep))
    if not task.out[1] and task.waiting == 0 then log(task.out[2]) end
  end, set.outlive or 0)
  return task
end

--- Waits for its end. Gives what f gave; raises what it raised.
function methods:wait()
  if not self.ended then
    self.waiting = self.waiting + 1
    native.acquire(self.gate)
    native.release(self.gate) -- the next who waits
  end
  if not self.out then error("task:wait: the task was stopped before its end", 2) end
  if not self.out[1] then error(self.out[2], 0) end
  return table.unpack(self.out, 2, self.out.n)
end

--- Ends it at its next wait. Its <close> variables run.
function methods:cancel()
  if not self.ended then native.stop(self.id) end
end

return M
