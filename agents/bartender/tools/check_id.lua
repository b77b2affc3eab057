-- check_id.lua - whether a guest may drink. What the reader gives for a good ID is kept in
-- ctx.private: no model and no client sees it, and it goes with the call.
local myna = require "myna"
local bar = require "tools.bar"
local s = myna.schema

local MOST_TRIES = 3 -- in ten minutes: nobody finds a number that is good by trying

--- Of the client, of the telephone, else of the call.
local function tries_of(ctx)
  return "tries " .. (ctx.state.client_id or ctx.call.from or ctx.call.id or "alone")
end

return myna.tool {
  name = "check_id",
  description = "Check the ID of a guest who wants something with alcohol.",
  parameters = { id_number = s.string("Its number, as the guest gave it",
    { pattern = "^[A-Za-z0-9][A-Za-z0-9 -]{3,24}$" }) },
  timeout = "10s",
  filler = { after = "900ms", say = "One moment, I look at your ID." },
  execute = function(args, ctx)
    if (myna.shared:get(tries_of(ctx)) or 0) >= MOST_TRIES then
      return { status = "id_checked", valid = false, reason = "too_many_tries" }
    end
    local found = bar:post("/ids/check", { json = { id_number = args.id_number } }):data()
    if found.valid then
      ctx.private.guest = found.guest
      return { status = "id_checked", valid = true }
    end
    myna.shared:incr(tries_of(ctx), 1, { ttl = "10m" })
    return { status = "id_checked", valid = false, reason = found.reason }
  end,
}
