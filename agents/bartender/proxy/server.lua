-- server.lua - what clients are told: kept, and changed where this proxy has shapes of its own.
local frames = require "proxy.frames"
local records = require "proxy.records"

local PUBLIC_INSTRUCTIONS = "You are a helpful bartender assistant..." -- the prompt is nobody's

local malformed = { -- codes of Myna's for a message that is none
  invalid_json = true, invalid_event = true, invalid_value = true, invalid_type = true,
  missing_required_parameter = true, unknown_parameter = true,
}

--- What a client is told first waits until the model is there, behind connection_established
--- (calls.lua).
local function waits(event, ctx)
  if ctx.private.connected then return event end
  ctx.private.waiting = ctx.private.waiting or {}
  table.insert(ctx.private.waiting, event)
  return false
end

local function on_session(event, ctx)
  event.session.instructions = PUBLIC_INSTRUCTIONS
  return waits(event, ctx)
end

--- What clients know: { code = "invalid_format", param = the field at fault }. Myna's log has its
--- own code.
local function on_error(event, ctx)
  local fault = event.error
  if fault.code == "upstream_unavailable" and not ctx.private.connected then
    ctx:send(frames.established(records.client_of(ctx), false))
  end
  event.event_id = tostring(event.event_id):gsub("^event_", "error_")
  if malformed[fault.code] then
    local field = type(fault.param) == "string" and fault.param:match "([%w_]+)[%[%]%d]*$"
    local refused = frames.error("invalid_format", "Invalid message format", field or nil)
    refused.event_id, refused.error.event_id = event.event_id, fault.event_id
    return refused
  end
  return event
end

local function masks(field)
  return function(event)
    event[field] = records.masked(event[field])
    return event
  end
end

local function keeps(from, field)
  return function(event, ctx)
    records.keep(ctx, from, event.type, event[field])
    event[field] = records.masked(event[field])
    return event
  end
end

return {
  ["session.created"] = on_session,
  ["conversation.created"] = waits,
  ["myna.session.resumable"] = waits,
  ["error"] = on_error,
  ["response.output_audio_transcript.delta"] = masks "delta",
  ["response.output_audio_transcript.done"] = keeps("assistant", "transcript"),
  ["response.output_text.delta"] = masks "delta",
  ["response.output_text.done"] = keeps("assistant", "text"),
  ["conversation.item.input_audio_transcription.completed"] = keeps("client", "transcript"),
}
