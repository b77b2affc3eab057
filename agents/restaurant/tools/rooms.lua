-- rooms.lua - where there is room: at one time, at several times, on several days.
local myna = require "myna"
local book = require "tools.book"
local fields = require "tools.fields"
local s = myna.schema

local looking = { after = "800ms", say = "Let me look in our book.", every = "7s", max = 2 }

-- Looking changes nothing, so these may be tried again though they are POSTs.
local function look(path, question)
  return book:post(path, { json = question, idempotent = true, timeout = "5s" })
end

local function ask(date, time, party_size)
  return look("/api/reservations/check-availability",
    { date = date, time = time, party_size = party_size })
end

local check_availability = myna.tool {
  name = "check_availability",
  description = "Whether there is a table at one time of one day; if not, at which other times.",
  parameters = { date = fields.date, time = fields.time, party_size = fields.party_size },
  timeout = "20s", filler = looking,
  execute = function(args)
    local found = ask(args.date, args.time, args.party_size):data()
    if found.available then return { available = true, time = args.time } end
    return { available = false, closed_that_day = found.closed,
      other_times = myna.array(found.alternatives or {}) }
  end,
}

local find_best_time = myna.tool {
  name = "find_best_time",
  description = "Which of several times of one day is free, the one the caller likes best first.",
  parameters = {
    date = fields.date,
    times = s.array("Times, the best first", fields.time, { min_items = 1, max_items = 6 }),
    party_size = fields.party_size,
  },
  timeout = "20s", filler = looking,
  execute = function(args)
    local answers = myna.map(args.times, function(time)
      return ask(args.date, time, args.party_size)
    end)
    local unsure
    for i, res in ipairs(answers) do -- all were asked at once; the order is the caller's
      if res.ok and res:json().available then return { available = true, time = args.times[i] } end
      if not res.ok then unsure = unsure or res end
    end
    if unsure then unsure:data() end -- "not free" is not true of a time nobody answered for
    return { available = false }
  end,
}

local check_dates = myna.tool {
  name = "check_dates",
  description = "On which of several days there is a table at one time.",
  parameters = {
    dates = s.array("Days, YYYY-MM-DD", fields.date, { min_items = 1, max_items = 31 }),
    time = fields.time, party_size = fields.party_size,
  },
  timeout = "20s", filler = looking,
  execute = function(args)
    return look("/api/reservations/check-availability-bulk", args):data()
  end,
}

return { check_availability, find_best_time, check_dates }
