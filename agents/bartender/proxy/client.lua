-- client.lua - what clients send: looked at, kept, changed or stopped before the model has it; and
-- the two messages that are this proxy's own.
local myna = require "myna"
local frames = require "proxy.frames"
local functions = require "proxy.functions"
local make_token = require "proxy.tokens"
local records = require "proxy.records"
local s = myna.schema

local LONGEST = 2000 -- characters: a guest orders, and does not paste books

--- 13 to 19 digits are a card: the model does not need it, and no log shall have it.
local function without_cards(text)
  return text:gsub("%d[%d %-]+%d", function(number)
    local _, digits = number:gsub("%d", "")
    if digits >= 13 and digits <= 19 then return "[card number]" end
  end)
end

local function on_item(event, ctx)
  local changed = 0
  for _, part in ipairs(event.item.content or {}) do
    if type(part.text) == "string" then
      if utf8.len(part.text) == nil or utf8.len(part.text) > LONGEST then
        ctx:send(frames.error("message_refused", "A message has at most 2000 characters",
          "content"))
        return false
      end
      local text, cards = without_cards(part.text)
      part.text, changed = text, changed + cards
      records.keep(ctx, "client", event.type, text)
    end
  end
  if changed > 0 then return event end
end

return {
  ["conversation.item.create"] = on_item,
  get_token = { act = function(_, ctx)
    local token = make_token(ctx.user)
    if not token then
      ctx:send(frames.error("key_required", "Ask for a token with your key again"))
      return
    end
    token.type = "token"
    ctx.log:info "token made"
    ctx:send(token)
  end },
  function_call = {
    fields = { function_name = s.any():optional(), arguments = s.any():optional() },
    act = functions.call,
  },
}
