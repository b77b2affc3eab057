--- What of the history the next agent knows (R24): `history` of myna.handoff and of ctx:handoff.
local kinds = require "myna.kinds"

local M = {}

--- A reader for fields.check.
function M.read(value)
  if value == "all" or value == "none" or type(value) == "function" then return value end
  if type(value) == "table" and not kinds.of(value) then
    local last = value.last
    if next(value) == "last" and next(value, "last") == nil and math.type(last) == "integer"
      and last >= 1 and last <= 1000000 then
      return value
    end
    return nil, "expected { last = a whole number from 1 }"
  end
  return nil, "expected \"all\", \"none\", { last = n } or function(items, ctx), got "
    .. (type(value) == "string" and ("'%s'"):format(value) or kinds.describe(value))
end

--- How many of the newest items are known; 0: all; -1: none.
function M.last(history)
  if history == "none" then return -1 end
  return type(history) == "table" and history.last or 0
end

--- Of the history, what the model that speaks now knows.
function M.known()
  local items = {}
  for _, item in ipairs(native.history(0)) do
    if not item.forgotten then items[#items + 1] = item end
  end
  return items
end

--- The items the function gave, with what it left out as forgotten, where that stood.
local function with_forgotten(items, given)
  local out, place, chosen, next_item = native.array {}, {}, {}, 1
  for i, item in ipairs(items) do place[item.id] = i end
  for _, item in ipairs(given) do
    if item.id then chosen[item.id] = true end
  end
  local function forget_until(last)
    for i = next_item, last do
      local item = items[i]
      if not chosen[item.id] then out[#out + 1] = { id = item.id, forgotten = true } end
    end
    next_item = math.max(next_item, last + 1)
  end
  for _, item in ipairs(given) do
    if item.id and place[item.id] then forget_until(place[item.id]) end
    out[#out + 1] = item
  end
  forget_until(#items)
  return out
end

--- What function(items, ctx) chose, as JSON for the session. Raises when it gave no list of items.
function M.choose(choose, ctx)
  local items = M.known()
  local given = choose(M.known(), ctx)
  if type(given) ~= "table" or kinds.of(given) then
    error("history: expected a list of items, got " .. kinds.describe(given), 0)
  end
  for i, item in ipairs(given) do
    if type(item) ~= "table" then
      error(("history: item %d is %s"):format(i, kinds.describe(item)), 0)
    end
  end
  return native.encode(with_forgotten(items, given), "history")
end

return M
