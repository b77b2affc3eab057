--- The timeout of a client or a request: a duration for all of it, or a table of its parts.
local duration = require "myna.duration"
local fields = require "myna.fields"

local rules = { connect = { "duration" }, total = { "duration" }, pool = { "duration" },
  idle = { "duration" } }

return function(value)
  if type(value) ~= "table" then
    local ms, why = duration.read(value)
    if not ms then return nil, why end
    return { total = ms }
  end
  return fields.check("timeout", value, rules)
end
