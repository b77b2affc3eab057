--- myna.semaphore(n): at most n at once, in the order they came. For one call; what calls share has
--- its bound in http.client's pool.
local kinds = require "myna.kinds"

local make, methods = kinds.new "semaphore"
local M = {}

function M.new(n)
  if math.type(n) ~= "integer" or n < 1 then
    error("myna.semaphore: expected a whole number from 1, got " .. kinds.describe(n), 2)
  end
  return make { turns = native.semaphore(n) }
end

local permit = { __metatable = "permit" }
permit.__index = permit

--- Gives the turn back; more than once is once.
function permit:release()
  if not self.turns then return end
  native.release(self.turns)
  self.turns = nil
end

permit.__close = permit.release

--- Waits for a turn. `local turn <close> = semaphore:acquire()` gives it back at the block's end.
function methods:acquire()
  native.acquire(self.turns)
  return setmetatable({ turns = self.turns }, permit)
end

--- Runs f in a turn. Gives what it gives.
function methods:run(f)
  if type(f) ~= "function" then
    error("semaphore:run: expected a function, got " .. kinds.describe(f), 2)
  end
  local turn <close> = self:acquire() -- luacheck: ignore
  return f()
end

return M
