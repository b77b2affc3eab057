-- agent.lua - customs: an app that looks at what passes between its callers and its agent.
local myna = require "myna"
local s = myna.schema

local function words_of(event)
  local part = event.item.content and event.item.content[1]
  return part and part.text or ""
end

local client_events = {
  ["conversation.item.create"] = function(event, ctx)
    local text = words_of(event)
    ctx.state.typed = (ctx.state.typed or 0) + 1
    if text:find "contraband" then return false end
    if text:find "colour" then
      event.item.content[1].text = text:gsub("colour", "color")
      return event
    end
    if text:find "forged" then return { type = "no.such.event" } end
    if text:find "broken" then error "the scanner is broken" end
    if text:find "patient" then myna.sleep "1s" end
    if text:find "endless" then while true do end end
  end,
  declare = {
    fields = { goods = s.string "What is carried", boxes = s.integer():default(1) },
    act = function(event, ctx)
      myna.sleep "200ms"
      ctx:send { type = "cleared", goods = event.goods, boxes = event.boxes }
    end,
  },
}

local server_events = {
  ["response.output_audio_transcript.done"] = function(event)
    event.transcript = event.transcript:gsub("%d", "#")
    return event
  end,
  ["conversation.item.done"] = function() return false end,
  ["response.done"] = function(_, ctx) ctx.state.answers = (ctx.state.answers or 0) + 1 end,
}

return myna.app {
  name = "customs",
  agent = myna.agent { name = "Officer", instructions = "You are a customs officer." },
  client_events = client_events,
  server_events = server_events,
}
