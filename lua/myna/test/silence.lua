--- Silence that is owed an answer: the caller's words were heard out, or work is under way for
--- them, and nothing is heard. Looked at each time something happened; exact to the millisecond.
local book = require "myna.test.book"
local look = require "myna.test.look"
local stage = require "myna.test.stage"

local M = {}

local default_ms = 5000 -- a caller who hears nothing for longer asks whether anybody is there
local since -- when it began; nil: it is no silence, or nothing is owed

local function limit()
  local set = book.current.silence
  if set == nil then return default_ms end
  return set
end

--- Whether the caller's last words have not been answered by anything heard.
function M.is_owed()
  local spoken = stage.spoken
  if not spoken or native.over() then return false end
  return spoken.items ~= nil and native.items() <= spoken.items
end

local function is_silent()
  if native.over() or native.speaking() or native.unheard() > 0 then return false end
  return M.is_owed() or not native.idle()
end

--- "find_patient runs", or who else has the floor.
function M.why()
  local open, names = {}, {}
  for _, record in ipairs(stage.lanes.started) do open[record.value.call_id] = record.value.tool end
  for _, record in ipairs(stage.lanes.ended) do open[record.value.call_id] = nil end
  for _, record in ipairs(stage.lanes.started) do
    if open[record.value.call_id] then names[#names + 1] = record.value.tool end
  end
  if #names > 0 then return table.concat(names, ", ") .. (#names == 1 and " runs" or " run") end
  return native.unheard() > 0 and "the agent speaks" or "an answer is owed"
end

table.insert(stage.holds, function()
  local limit_ms, now = limit(), native.now()
  if not is_silent() or not limit_ms then
    since = nil
    return
  end
  since = since or now
  if now - since >= limit_ms then
    local from = since
    since = nil
    stage.fail(stage.here(), "the caller is owed an answer and has heard nothing for %s, from %s "
      .. "on; %s", look.length(limit_ms), look.at(from), M.why())
  end
end)

--- Time stops where words end, on either side, and where silence has lasted too long.
table.insert(stage.stops, function(now)
  local speaking, left = native.speaking()
  if speaking then return now + math.max(left, 1) end
  if native.unheard() > 0 then return now + native.unheard() end
  local limit_ms = limit()
  return limit_ms and since and since + limit_ms
end)

return M
