-- tokens.lua - ephemeral keys: good for a minute, for this app, as the user who asks.
local myna = require "myna"

local LIFE_S = 60
local RENEWED_S = 12 * 3600 -- a token gets others for so long: one that leaks comes to an end

--- Nil when a key must be presented again.
return function(user)
  local now = os.time()
  local last = user and user.claims and user.claims.last or now + RENEWED_S
  if now >= last then return nil end
  local made = myna.token { user = user and user.id, ttl = LIFE_S .. "s",
    claims = { last = last } }
  myna.shared:incr "tokens"
  return { token = made.value, expires_at = made.expires_at, expires_in = LIFE_S,
    client_secret = { value = made.value, expires_at = made.expires_at } }
end
