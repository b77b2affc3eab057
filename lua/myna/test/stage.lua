--- The stage as the parties see it: its time, what was recorded in which lane, and failing.
---
--- A lane is searched from the last action on, past its own last match. Whoever answers records
--- (the model, the net) registers in `on`; who must be asked before time moves, in `before_moving`;
--- who looks each time something happened, in `holds`; who wants to look at a moment, in `stops`.
local book = require "myna.test.book"

local M = { on = {}, before_moving = {}, holds = {}, stops = {}, lanes = {}, rows = {} }

local longest_ms = 86400000 -- a day: no call lasts that long, so it is a loop
local frame_ms = 20 -- the ear is looked at each frame while it hears something

local notes = { -- notes with a lane of their own
  agent_tool_start = "started", agent_tool_end = "ended", agent_handoff = "handoff",
  error = "error", usage = "usage", guardrail_tripped = "guardrail",
  tool_approval_requested = "approval",
}
local names = { "caller", "model", "started", "ended", "handoff", "guardrail", "error", "usage",
  "approval", "note", "log", "http", "mail", "trace", "ask",
  "end" }
local marks, matched, seen = {}, {}, 0

for _, name in ipairs(names) do
  M.lanes[name], marks[name], matched[name] = {}, 0, 0
end

--- "file:line" of the author's line that runs.
function M.here() return book.step or native.where() end

--- Ends the scenario.
function M.fail(place, message, ...)
  if select("#", ...) > 0 then message = message:format(...) end
  error({ failure = true, place = place, message = message, at = native.now() }, 0)
end

--- A row of the time line that no record gives.
function M.row(lane, text)
  M.rows[#M.rows + 1] = { at = native.now(), lane = lane, text = text }
end

--- Most records nobody looks into: what one says is read when it is asked for.
local lazy = { __index = function(record, key)
  if key ~= "value" then return nil end
  local value = native.value(record.number)
  record.value = value
  return value
end }

local function take(i)
  local at, lane, note = native.record(i)
  if note then lane = notes[note] or lane end
  local record = setmetatable({ at = at, lane = lane, number = i, excused = false }, lazy)
  local list = M.lanes[lane]
  list[#list + 1] = record
  M.rows[#M.rows + 1] = record
  if M.on[lane] then M.on[lane](record) end
end

--- The caller calls, before time first moves: what stands before that is there from the beginning.
function M.begin()
  if M.begun then return end
  M.begun = true
  local ok, why = native.begin()
  if not ok then M.fail(M.here(), "the call did not begin: %s", why) end
end

--- Reads what was recorded since.
function M.absorb()
  while seen < native.records() do
    seen = seen + 1
    take(seen)
  end
end

--- One step of time, to the next record, stop or until_ms; if it listens, to the next words heard,
--- and the stage stops where words end.
function M.move(until_ms, listens)
  for _, ask in ipairs(M.before_moving) do ask() end
  local now = native.now()
  if now >= longest_ms then M.fail(M.here(), "the scenario has gone on for a day") end
  for _, stop in ipairs(listens and {} or M.stops) do
    until_ms = math.min(until_ms, stop(now) or until_ms)
  end
  local _, why = native.step(math.max(until_ms, now), listens and M.ear_item() or nil)
  if why then M.fail(M.here(), why) end
  if M.broken then error(M.broken, 0) end
  M.absorb()
  for _, look in ipairs(M.holds) do look() end
end

--- Moves time until done() gives something, and returns that; nil when limit_ms came first. done is
--- asked after each record, and while something is heard each frame, or as `ears` says: "words",
--- when more words are heard, where nobody else stops time (the first stop, myna.test.silence, is
--- the stage's own); "deaf", after records alone.
function M.wait(limit_ms, done, ears)
  M.begin()
  M.absorb()
  while true do
    local found, now = done(), native.now()
    if found then return found end
    if now >= limit_ms then return nil end
    local hears = ears ~= "deaf" and native.unheard() > 0
    local listens = hears and ears == "words" and #M.stops == 1
    M.move(hears and not listens and math.min(limit_ms, now + frame_ms) or limit_ms, listens)
  end
end

function M.pass(ms)
  M.begin()
  local until_ms = native.now() + ms
  while native.now() < until_ms do M.move(until_ms) end
end

--- An action begins: expectations look from here on.
function M.act()
  M.begin()
  M.absorb()
  for name, list in pairs(M.lanes) do marks[name] = #list end
  M.acted = native.now()
  M.ear_act()
end

--- The first record of a lane, from the last action on and past its last match, that fits.
function M.find(lane, fits)
  local list = M.lanes[lane]
  for i = math.max(marks[lane], matched[lane]) + 1, #list do
    if fits(list[i]) then
      matched[lane] = i
      list[i].excused = true
      return list[i]
    end
  end
end

--- The newest record of a lane since the last action, for messages.
function M.newest(lane, fits)
  local list = M.lanes[lane]
  for i = #list, marks[lane] + 1, -1 do
    if not fits or fits(list[i]) then return list[i] end
  end
end

--- The newest record of a lane at all.
function M.last(lane, fits)
  local list = M.lanes[lane]
  for i = #list, 1, -1 do
    if fits(list[i]) then return list[i] end
  end
end

--- A lane's last record once the call is over.
function M.over()
  return M.lanes["end"][1]
end

return M
