--- myna.time: moments as seconds since 1970 (what os.time gives), in the app's time zone.
local fields = require "myna.fields"
local kinds = require "myna.kinds"

local M = {}

local function moment(word, value)
  if math.type(value) == "integer" then return value end
  error(("%s: expected a moment in whole seconds, got %s"):format(word, kinds.describe(value)), 3)
end

function M.now() return os.time() end

local function whole(value)
  if math.type(value) == "integer" and math.abs(value) <= 1000000 then return value end
  return nil, "expected a whole number"
end

--- "+01:00" in seconds; "Z" is 0; nil for what is neither.
local function offset(text)
  if text == "Z" or text == "z" then return 0 end
  local sign, hours, minutes = text:match "^([+-])(%d%d):?(%d%d)$"
  if not sign then return nil end
  return (sign == "-" and -1 or 1) * (hours * 3600 + minutes * 60)
end

local forms = {
  "^(%d%d%d%d)-(%d%d)-(%d%d)[Tt ](%d%d):(%d%d):(%d%d)%.?%d*(.*)$",
  "^(%d%d%d%d)-(%d%d)-(%d%d)[Tt ](%d%d):(%d%d)()(.*)$",
  "^(%d%d%d%d)-(%d%d)-(%d%d)()()()(.*)$",
}

local function read(text)
  for i, form in ipairs(forms) do
    local year, month, day, hour, min, sec, zone = text:match(form)
    if year then
      return { year = tonumber(year), month = tonumber(month), day = tonumber(day),
        hour = i < 3 and tonumber(hour) or 0, min = i < 3 and tonumber(min) or 0,
        sec = i < 2 and tonumber(sec) or 0 }, zone
    end
  end
end

--- Whether there is such a day and such a time.
local function is_real(date)
  if date.hour > 23 or date.min > 59 or date.sec > 59 then return false end
  local noon = os.date("*t", os.time { year = date.year, month = date.month, day = date.day })
  return noon.month == date.month and noon.day == date.day
end

--- The moment at which UTC has this date and time.
local function utc_of(date)
  local year = date.month > 2 and date.year or date.year - 1 -- which ends with February
  local day = (153 * ((date.month + 9) % 12) + 2) // 5 + date.day - 1
  local days = year * 365 + year // 4 - year // 100 + year // 400 + day - 719468
  return days * 86400 + date.hour * 3600 + date.min * 60 + date.sec
end

--- "2026-03-01", "2026-03-01 10:30", "2026-03-01T10:30:00+01:00" as a moment; else nil and why.
--- Without "Z" or an offset it is in the app's time zone.
function M.parse(text)
  if type(text) ~= "string" then
    error("myna.time.parse: expected a string, got " .. kinds.describe(text), 2)
  end
  local date, zone = read(text)
  if not date then return nil, ("'%s' is not a date such as 2026-03-01T10:30"):format(text) end
  if not is_real(date) then return nil, ("'%s': there is no such day or time"):format(text) end
  if zone == "" then return os.time(date) end
  local seconds = offset(zone)
  if not seconds then
    return nil, ("'%s': '%s' is not an offset such as +01:00"):format(text, zone)
  end
  return utc_of(date) - seconds
end

--- As text: "2026-03-01T10:30:00+01:00", or by a format of os.date ("%A, %d %B").
function M.format(at, format)
  moment("myna.time.format", at)
  if format ~= nil then return os.date(format, at) end
  return (os.date("%Y-%m-%dT%H:%M:%S%z", at):gsub("(%d%d)$", ":%1"))
end

local rules = {}
for _, name in ipairs { "years", "months", "weeks", "days", "hours", "minutes", "seconds" } do
  rules[name] = { whole, default = 0 }
end

local function days_of(year, month)
  return os.date("*t", os.time { year = year, month = month + 1, day = 0 }).day
end

--- A moment so much later (or earlier): { days = 1, hours = -2 }. Days are the calendar's, whatever
--- the clocks do; a month later than the 31st is the month's last day.
function M.add(at, what)
  moment("myna.time.add", at)
  local set = fields.check("myna.time.add", what, rules)
  local date = os.date("*t", at)
  if set.years ~= 0 or set.months ~= 0 then
    local months = (date.year + set.years) * 12 + date.month - 1 + set.months
    date.year, date.month = months // 12, months % 12 + 1
    date.day = math.min(date.day, days_of(date.year, date.month))
  end
  local days = set.weeks * 7 + set.days
  if set.years ~= 0 or set.months ~= 0 or days ~= 0 then
    date.day = date.day + days
    at = os.time(date)
  end
  return at + set.hours * 3600 + set.minutes * 60 + set.seconds
end

return M
