--- What both sides sounded like: when the agent was first heard, how long both spoke at once, and
--- silence. Measured in samples, at the caller's mouth and ear.
local book = require "myna.test.book"
local look = require "myna.test.look"
local stage = require "myna.test.stage"

local M = {}

local most_overlap = 60000 -- both speak at once: nobody talks for longer

--- A bound of the author's, in ms; nil when there is none.
local function bound(verb, options, name)
  local value = options and options[name]
  return value and book.ms(value, ("%s: %s"):format(verb, name))
end

--- When the caller's last words ended, said or typed; 0, where the call began, before any.
local function words_end()
  return math.max(native.sound(0).words or 0, stage.typed or 0)
end

--- Gives how long it took, in ms.
function M.first_audio(options)
  stage.begin()
  local from = words_end()
  return look.expect("to hear the agent after the caller's words", options, function()
    local at = native.sound(from).heard
    return at and { at = at }
  end, function() return "nothing was heard" end, from).at - from
end

local function is_beyond(ms, below, above)
  return below and ms >= below or above and ms <= above
end

--- Both at once since the caller's last action. Gives how long, in ms.
function M.overlap(options)
  local place, from = stage.here(), stage.acted or 0
  local below = bound("expect_overlap", options, "below")
  local above = bound("expect_overlap", options, "above")
  if not below and not above then
    error('caller:expect_overlap: expected { below = "60ms" } or { above = "60ms" }', 3)
  end
  stage.wait(native.now() + most_overlap, function()
    return not (native.speaking() and native.unheard() > 0)
      or below and native.sound(from).overlap >= below
  end)
  local ms = native.sound(from).overlap
  if is_beyond(ms, below, above) then
    stage.fail(place, "expected both to speak at once for %s; it was %d ms",
      below and "less than " .. look.length(below) or "more than " .. look.length(above), ms)
  end
  return ms
end

--- Holds from now to the end: somebody sounds.
function M.no_silence(options)
  local from, over = native.now(), bound("expect_no_silence", options, "over")
  if not over then error('caller:expect_no_silence: expected { over = "2s" }', 3) end
  look.never("no silence of more than " .. look.length(over), function()
    if native.over() then return nil end
    local longest = native.sound(from).silence
    return longest > over and ("it has lasted %d ms"):format(longest)
  end)
  table.insert(stage.stops, function(now)
    return not native.over() and now + math.max(over - native.sound(from).quiet, 0) + 1
  end)
end

return M
