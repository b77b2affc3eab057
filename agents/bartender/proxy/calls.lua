-- calls.lua - a call's life: whose it is, that the model is there, and what is kept at its end.
local frames = require "proxy.frames"
local records = require "proxy.records"

local MOST_ITEMS = 50 -- of a conversation that is taken up again

--- Takes up what was said in the client's last call, if it asks for that.
local function call_start(_, ctx)
  local client = ctx.state.client_id
  if not client then return end
  records.clients:set(client, { user = ctx.state.owner, call = ctx.call.id })
  local last = ctx.state.continues and records.conversations:get(client)
  if last then ctx.history:replace(last.items) end
end

--- The first event of the model's: only now it is true that there is a connection.
local function transport_event(_, ctx)
  if ctx.private.connected then return end
  ctx.private.connected = true
  ctx:send(frames.established(records.client_of(ctx), true))
  for _, event in ipairs(ctx.private.waiting or {}) do ctx:send(event) end
  ctx.private.waiting = nil
end

local function agent_tool_end(event, ctx)
  records.keep(ctx, "assistant", "function_call", event.tool)
  ctx.log:info(("tool of the model: %s, %.2f s"):format(event.tool, event.seconds or 0))
end

local function call_end(_, ctx)
  local items = {}
  for _, item in ipairs(ctx.history:items { last = MOST_ITEMS, kinds = { "message" } }) do
    if item.text and item.text ~= "" and item.role ~= "system" then
      items[#items + 1] = { role = item.role, text = records.masked(item.text):sub(1, 1000) }
    end
  end
  local client = records.client_of(ctx)
  if #items > 0 then
    records.conversations:set(client, { user = ctx.state.owner, items = items })
  end
  ctx.log:info(("conversation kept: %d items"):format(#items))
end

return { call_start = call_start, call_end = call_end, transport_event = transport_event,
  agent_tool_end = agent_tool_end }
