--- Retry-After: seconds, or a date of HTTP (RFC 9110, 10.2.3).
local months = { Jan = 1, Feb = 2, Mar = 3, Apr = 4, May = 5, Jun = 6, Jul = 7, Aug = 8, Sep = 9,
  Oct = 10, Nov = 11, Dec = 12 }

--- Days since 1970-01-01, by the civil calendar.
local function days(year, month, day)
  if month <= 2 then year, month = year - 1, month + 12 end
  return 365 * year + year // 4 - year // 100 + year // 400 + (153 * (month - 3) + 2) // 5 + day
    - 719469
end

--- Returns ms from now, or nil for what is neither.
return function(value)
  local seconds = value:match "^%s*(%d+)%s*$"
  if seconds and #seconds <= 9 then return tonumber(seconds) * 1000 end
  if seconds then return math.maxinteger end
  local day, month, year, hour, minute, second =
    value:match "^%s*%a+, (%d%d) (%a%a%a) (%d%d%d%d) (%d%d):(%d%d):(%d%d) GMT%s*$"
  if not day or not months[month] then return nil end
  local at = days(math.tointeger(year), months[month], math.tointeger(day)) * 86400
    + hour * 3600 + minute * 60 + second
  return math.max(0, at * 1000 - native.wall())
end
