-- tokens.lua - ephemeral keys: good for a minute, for this app, as the user who asks.
local myna = require "myna"

local LIFE_S = 60

return function(user)
  local made = myna.token { user = user and user.id, ttl = LIFE_S .. "s" }
  myna.shared:incr "tokens"
  return { token = made.value, expires_at = made.expires_at, expires_in = LIFE_S,
    client_secret = { value = made.value, expires_at = made.expires_at } }
end
