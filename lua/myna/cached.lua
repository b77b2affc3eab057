--- The cache of a client or a request: how old an answer may be, or a table with more to say.
local duration = require "myna.duration"
local fields = require "myna.fields"

local rules = { ttl = { "duration", required = true }, not_found = { "duration" } }

--- Returns { ttl, not_found } in ms; false stays: no cache, whatever the client says.
return function(value)
  if value == false then return false end
  if type(value) == "table" then return fields.check("cache", value, rules) end
  local ms, why = duration.read(value)
  if not ms then return nil, why end
  return { ttl = ms }
end
