-- records.lua - what is kept: who owns a client id, each message, and how far a conversation came.
local myna = require "myna"

local M = {
  clients = myna.store "clients",             -- by client id: { user, call }
  messages = myna.store "messages",           -- { client, user, call, from, type, text }
  conversations = myna.store "conversations", -- by client id: { items }
}

--- Numbers of IDs and cards are nobody's to read later: seven digits or more become marks.
function M.masked(text)
  return (text:gsub("%d[%d %-]+%d", function(number)
    local _, digits = number:gsub("%d", "")
    if digits >= 7 then return "[number]" end
  end))
end

--- Under which id a call is kept: the client's, else its own, which no client id can be.
function M.client_of(ctx)
  return ctx.state.client_id or "call:" .. (ctx.call.id or "") -- a scenario's call has no id
end

--- Keeps a message. It does not wait: a hook may call it, and the conversation goes on meanwhile.
function M.keep(ctx, from, type_name, text)
  local message = { client = M.client_of(ctx), user = ctx.user and ctx.user.id, call = ctx.call.id,
    from = from, type = type_name, text = M.masked(text):sub(1, 8000) }
  myna.spawn(function()
    local kept, why = M.messages:add(message)
    if not kept then ctx.log:error("a message was not kept", { error = why }) end
  end, { outlive = "30s" })
end

return M
