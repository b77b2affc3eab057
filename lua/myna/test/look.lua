--- Expectations: each waits, in virtual time, until what it looks for is there.
local book = require "myna.test.book"
local match = require "myna.test.match"
local stage = require "myna.test.stage"

local M = {}

local default_within = 5000
local longest_ms = 60000 -- of what goes on: no agent talks for longer

--- "1.24 s", from the call's beginning.
function M.at(ms) return ("%.2f s"):format(ms / 1000) end

function M.length(ms)
  if ms % 1000 == 0 then return ("%d s"):format(ms // 1000) end
  return ("%d ms"):format(ms)
end

--- within and after, in ms; both count from the line above, which ended now.
local function times(options)
  local within = options.within and book.ms(options.within, "within") or nil
  local after = options.after and book.ms(options.after, "after") or 0
  within = within or default_within + after
  if after > within then error("after is later than within", 0) end
  return within, after
end

--- Past the time, as long as what has begun goes on.
local function wait_longer(look, goes_on, ears)
  local function step() return look() or not goes_on() and "over" end
  local found = stage.wait(native.now() + longest_ms, step, ears)
  return found ~= "over" and found or nil
end

--- Waits until look() gives a record (or anything true). what completes "expected ..."; near() says
--- what happened instead. from: where within and after count from; nil: now. goes_on(), if given:
--- whether what began in time may not have ended yet. ears: as stage.wait has it.
function M.expect(what, options, look, near, from, goes_on, ears)
  local place = stage.here()
  from = from or native.now()
  local within, after = times(options or {})
  local found = stage.wait(from + within, look, ears)
  if not found and goes_on then
    found = wait_longer(look, goes_on, ears)
    if found and found.at > from + within then found = nil end
  end
  if not found then
    stage.fail(place, "expected %s within %s; %s", what, M.length(within), near())
  end
  local at = type(found) == "table" and found.at or native.now()
  if at > from + within then
    stage.fail(place, "expected %s within %s; it came after %s", what, M.length(within),
      M.length(at - from))
  end
  if after > 0 and at < from + after then
    stage.fail(place, "expected %s not before %s had passed; it came after %s", what,
      M.length(after), M.length(math.max(at - from, 0)))
  end
  return found
end

--- The same for a record of a lane. fits(record) is true, or false and why not; show(record) is
--- what is told of one that does not fit; nothing says what it means that there is none.
function M.expect_record(lane, what, options, fits, show, nothing)
  local why
  local function look()
    return stage.find(lane, function(record)
      local ok, reason = fits(record)
      why = not ok and reason or why
      return ok
    end)
  end
  return M.expect(what, options, look, function()
    local record = stage.newest(lane)
    if not record then return nothing end
    return ("%s at %s%s"):format(show(record), M.at(record.at), why and " (" .. why .. ")" or "")
  end)
end

--- Holds from now to the end: fails as soon as find() gives something.
function M.never(what, find)
  local place = stage.here()
  table.insert(stage.holds, function()
    local found = find()
    if found then stage.fail(place, "expected %s; %s", what, found) end
  end)
end

--- Nothing of that type, with those fields, in a lane from here on.
function M.never_event(lane, what, type_name, fields)
  local from = #stage.lanes[lane]
  M.never(what .. " " .. type_name, function()
    for i = from + 1, #stage.lanes[lane] do
      local record = stage.lanes[lane][i]
      from = i
      if record.value.type == type_name and match.same(fields or {}, record.value) then
        return "it was, at " .. M.at(record.at)
      end
    end
  end)
end

--- The fields of an expectation's table that are not its times.
function M.fields(options)
  local fields = {}
  for key, value in pairs(options or {}) do
    if key ~= "within" and key ~= "after" then fields[key] = value end
  end
  return fields
end

--- Expects an event of a lane by its type and fields.
function M.expect_event(lane, who, type_name, options)
  local fields = M.fields(options)
  local what = ("%s %s%s"):format(who, type_name, next(fields) and " " .. match.show(fields) or "")
  return M.expect_record(lane, what, options, function(record)
    if record.value.type ~= type_name then return false end
    return match.same(fields, record.value)
  end, function(record)
    return ("%s came"):format(record.value.type)
  end, "there was none at all")
end

return M
