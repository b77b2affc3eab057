--- What a script of a call waits for: the keys the caller presses (R38), and the end of what is
--- being said (R39).
local context = require "myna.context"
local fields = require "myna.fields"

local M = {}

--- Nothing is heard, of either side, before on.call_start is over: it would wait for itself.
local function check_opened(word)
  if context.opening then
    error(native.place(word .. " cannot wait in on.call_start: nothing is heard before it is over"),
      0)
  end
end

--- Digits of one collection, as runtime/core/digits.h has it.
local most = 64

local function max(value)
  if math.type(value) == "integer" and value >= 1 and value <= most then return value end
  return nil, ("expected a whole number from 1 to %d"):format(most)
end

local function finish(value)
  if value == false or type(value) == "string" and value:find "^[%d*#A-D]$" then return value end
  return nil, "expected a key such as \"#\", or false"
end

local rules = { say = { "words" }, max = { max, default = most },
  finish = { finish, default = "#" }, timeout = { "duration", default = 5000 } }

--- The keys, "" when none was pressed, and why it ended: "done" (so many as wanted), "finish",
--- "timeout"; or nil and why not.
function M.collect(ctx, options)
  local set = fields.check("ctx:collect_digits", options or {}, rules)
  if set.timeout < 100 then error("ctx:collect_digits: timeout: expected at least 100ms", 3) end
  check_opened "ctx:collect_digits"
  if set.say then
    local ok, why = ctx:say(set.say)
    if not ok then return nil, why end
  end
  local how, keys = native.await(set.max, set.finish or "", set.timeout)
  if not how then
    if keys == "the peer broke the protocol" then keys = "another function collects digits" end
    return nil, keys
  end
  if how == "the call is over" then return nil, how end
  return keys, how
end

--- True once nothing is being said any more; nil and why when that will not be heard.
function M.heard()
  check_opened "{ wait = true }"
  local how, why = native.await()
  if how == "done" then return true end
  return nil, how or why
end

return M
