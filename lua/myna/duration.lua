--- Durations: "700ms", "8s", "5m", "1h", or seconds as a number.
local M = {}

local units = { ms = 1, s = 1000, m = 60000, h = 3600000 }
local most = 86400000 -- a day; nothing in a call lasts longer

--- Returns milliseconds, or nil and what is wrong.
function M.read(value)
  local ms
  if type(value) == "number" then
    if value > 3600 then
      return nil, ("%s seconds is over an hour (did you mean milliseconds? write \"%sms\")")
        :format(value, value)
    end
    ms = value * 1000
  elseif type(value) == "string" then
    local number, unit = value:match "^(%d+%.?%d*)(%a+)$"
    if not number or not units[unit] then
      return nil, ("%q is not a duration such as \"700ms\", \"8s\" or \"5m\""):format(value)
    end
    ms = tonumber(number) * units[unit]
  else
    return nil, "expected a duration such as \"8s\""
  end
  if not (ms >= 0 and ms <= most) then return nil, "expected a duration of 0 to 24 hours" end
  return math.floor(ms + 0.5)
end

--- Waits: myna.sleep "300ms".
function M.sleep(time)
  local ms, why = M.read(time)
  if not ms then error("myna.sleep: " .. why, 2) end
  native.sleep(ms)
end

return M
