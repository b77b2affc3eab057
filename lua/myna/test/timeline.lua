--- The time line of a scenario that failed: who did what when, with >>> where it went wrong.
local ear = require "myna.test.ear"
local match = require "myna.test.match"
local net = require "myna.test.net"

local M = {}

local most_rows = 40

--- Of records: the lane and the words; nil for what a person need not see.
local words = {}

function words.started(record)
  local value = record.value
  return "tool", ("%s %s"):format(value.tool, native.encode(value.args or {}))
end

function words.ended(record)
  local value = record.value
  return "tool", ("%s gave %s (%d ms)"):format(value.tool, match.short(value.result),
    math.floor(value.seconds * 1000 + 0.5))
end

function words.approval(record)
  return "tool", ("%s waits for the %s to approve it"):format(record.value.tool,
    record.value.approve_by)
end

function words.handoff(record)
  return "agent", ("%s -> %s"):format(record.value.from, record.value.to)
end

words["error"] = function(record)
  return "agent", ("error %s: %s"):format(record.value.code, record.value.message)
end

function words.http(record)
  return "net", ("%s -> %s"):format(net.show(net.request(record)), record.answer or "?")
end

function words.trace(record)
  return "app", ("%s %s"):format(record.value.name, native.encode(record.value.fields))
end

function words.mail(record)
  return "net", ("a mail: %s"):format(match.quote(record.value.subject))
end

words["end"] = function(record)
  return "net", ("the call ended: %s"):format(record.value.reason)
end

function words.log(record)
  if record.value.level == "error" then
    return "tool", ("%s: %s"):format(record.value.text, record.value.error or "")
  end
end

local function speech_rows(rows)
  for i = 1, native.items() do
    local it = native.heard(i)
    local cut = it.cut and (" (cut in on after %d ms)"):format(it.ms) or ""
    local path = ear.path(it.item)
    local what = path and "plays " .. path or match.quote(it.words)
    rows[#rows + 1] = { at = it.began_ms, lane = "agent", text = what .. cut }
  end
end

local function line(mark, row)
  local first = row.text:match "^[^\n]*"
  return ("%s %7d  %-6s  %s"):format(mark, row.at, row.lane, match.short(first))
end

local function record_rows(recorded, rows)
  for _, record in ipairs(recorded) do
    local say = words[record.lane]
    local lane, text = record.lane, record.text
    if not text then lane, text = nil, nil end
    if not text and say then lane, text = say(record) end
    if text then rows[#rows + 1] = { at = record.at, lane = lane, text = text } end
  end
end

--- In the order of time; at one moment, in the order they were found.
local function sort(rows)
  for i, row in ipairs(rows) do row.order = i end
  table.sort(rows, function(a, b)
    if a.at ~= b.at then return a.at < b.at end
    return a.order < b.order
  end)
end

--- All that happened, as lines, with >>> at the failure.
function M.lines(recorded, failure)
  local rows, lines = {}, { ("    %7s  of the call"):format "ms" }
  record_rows(recorded, rows)
  speech_rows(rows)
  rows[#rows + 1] = { at = failure.at, lane = "", text = failure.message, failed = true }
  sort(rows)
  for i = math.max(1, #rows - most_rows + 1), #rows do
    lines[#lines + 1] = line(rows[i].failed and ">>>" or "   ", rows[i])
  end
  return table.concat(lines, "\n")
end

return M
