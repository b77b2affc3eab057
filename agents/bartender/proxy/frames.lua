-- frames.lua - the messages that are this proxy's own, in the one place that knows their shapes.
local myna = require "myna"

local M = {}

local function short_id()
  return (myna.uuid():gsub("%-", ""):sub(1, 12))
end

function M.error(code, message, param, kind)
  return { type = "error", event_id = "error_" .. short_id(), error = {
    type = kind or "invalid_request_error", code = code, message = message,
    param = param or myna.null } }
end

--- Words for whether the model is there.
function M.reached(connected)
  return connected and "Connected to OpenAI Realtime API"
    or "The OpenAI Realtime API cannot be reached"
end

function M.established(client_id, connected)
  return { type = "connection_established", client_id = client_id,
    message = M.reached(connected), openai_connected = connected }
end

function M.result(function_name, result)
  return { type = "function_call_result", function_name = function_name, result = result }
end

--- What a route answers when it refuses.
function M.refusal(status, code, message)
  return { status = status, json = { error = { type = "invalid_request_error", code = code,
    message = message } } }
end

return M
