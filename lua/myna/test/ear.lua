--- What the caller hears, by now: items of speech, in plain words, searched past the last match.
local match = require "myna.test.match"
local stage = require "myna.test.stage"

local M = {}

local item, taken = 1, 0 -- the first item to look at, and how much of its plain text is past
local tracks = {} -- by item: how many bytes of its words had been heard at each look
local missed = {} -- by what was wanted: how much had been heard when it was not in there

local function heard(i)
  local it = native.heard(i)
  it.text = it.words:sub(1, it.bytes)
  it.plain = match.plain(it.text)
  local track = tracks[i] or {}
  tracks[i] = track
  if #track == 0 or track[#track].bytes < it.bytes then
    track[#track + 1] = { at = native.now(), bytes = it.bytes }
  end
  return it
end

--- When the first of the item's words from there on in its plain text was heard, as far as anybody
--- looked.
local function began(i, it, from)
  for _, look in ipairs(tracks[i]) do
    if #match.plain(it.words:sub(1, look.bytes)) >= from then return look.at end
  end
  return native.now()
end

--- The first item that is looked at.
function stage.ear_item() return item end

--- Expectations look from what is heard now on.
function stage.ear_act()
  item = native.items() + 1
  taken = 0
  if native.unheard() > 0 then -- the newest goes on
    item = item - 1
    taken = #heard(item).plain
  end
  missed = {}
end

--- Takes wanted, words or a matcher, when it was heard since. Gives the item, and when the words
--- began to be heard.
function M.find(wanted)
  local much = native.amount(item) -- it is looked at often, and rarely with more to see
  if missed[wanted] == much then return nil end
  for i = item, native.items() do
    local it = heard(i)
    local from = i == item and taken or 0
    local to, first
    if type(wanted) == "string" then
      to, first = match.find(it.plain, wanted, from + 1)
    elseif match.same(wanted, it.text) then
      to, first = #it.plain, #it.plain
    end
    if to and it.text ~= "" then
      item, taken = i, to
      missed = {}
      return it, began(i, it, first)
    end
  end
  missed[wanted] = much
end

local paths, noted = {}, 0 -- of recordings by their item, and how many notes were looked at

--- The path of the recording that an item was; nil when it was speech.
function M.path(id)
  local notes = stage.lanes.note
  while noted < #notes do
    noted = noted + 1
    local it = notes[noted].value.item
    if type(it) == "table" and it.type == "sound" then paths[it.id] = it.path end
  end
  return paths[id]
end

local met = {} -- the items of recordings that were expected: each is met once

--- The first recording of the app's with that path that nobody has expected yet, once nothing more
--- of it will be heard. `fits`, when given, is asked of its length in ms.
function M.recording(path, fits)
  for i = 1, native.items() do
    local it = native.heard(i)
    if not met[i] and M.path(it.item) == path
      and (it.cut or i < native.items() or native.unheard() == 0) and (not fits or fits(it.ms)) then
      return { at = it.began_ms, ms = it.ms, item = i }
    end
  end
end

--- The recording that M.recording gave is not found again.
function M.meet(recording) met[recording.item] = true end

--- Everything heard since the last action, for messages.
function M.said()
  local parts = {}
  for i = item, native.items() do
    local it = heard(i)
    if it.text ~= "" then
      parts[#parts + 1] = ("%s from %.2f s on"):format(match.quote(it.text), it.began_ms / 1000)
    end
  end
  return #parts > 0 and table.concat(parts, ", ") or nil
end

--- Whether the words were heard before, and when that item began.
function M.earlier(wanted)
  for i = 1, native.items() do
    local it = heard(i)
    if type(wanted) == "string" and match.find(it.plain, wanted) then return it end
  end
end

return M
