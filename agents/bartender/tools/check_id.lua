-- check_id.lua - whether a guest may drink. What the reader gives for a good ID is kept in
-- ctx.private: no model and no client sees it, and it goes with the call.
local myna = require "myna"
local bar = require "tools.bar"
local s = myna.schema

-- Nobody finds a number that is good by trying: so many that are not, in ten minutes.
local MOST_OF_CALLER = 3 -- a client, a telephone, else a call
local MOST_OF_USER = 30  -- who could call as a new client each time

local function tries_of(ctx)
  return "tries " .. (ctx.state.client_id or ctx.call.from or ctx.call.id or ""),
    "tries of user " .. (ctx.user and ctx.user.id or "")
end

local function tried_too_often(ctx)
  local caller, user = tries_of(ctx)
  return (myna.shared:get(caller) or 0) >= MOST_OF_CALLER
    or (myna.shared:get(user) or 0) >= MOST_OF_USER
end

local function count_try(ctx)
  for _, key in ipairs { tries_of(ctx) } do myna.shared:incr(key, 1, { ttl = "10m" }) end
end

return myna.tool {
  name = "check_id",
  description = "Check the ID of a guest who wants something with alcohol.",
  parameters = { id_number = s.string("Its number, as the guest gave it",
    { pattern = "^[A-Za-z0-9][A-Za-z0-9 -]{3,24}$" }) },
  timeout = "10s",
  filler = { after = "900ms", say = "One moment, I look at your ID." },
  execute = function(args, ctx)
    if tried_too_often(ctx) then
      return { status = "id_checked", valid = false, reason = "too_many_tries" }
    end
    local found = bar:post("/ids/check", { json = { id_number = args.id_number } }):data()
    if found.valid then
      ctx.private.guest = found.guest
      return { status = "id_checked", valid = true }
    end
    count_try(ctx)
    return { status = "id_checked", valid = false, reason = found.reason }
  end,
}
