-- connect.lua - where a technician's phone brings its offer (SDP) and gets the model's answer.
--
-- Whoever asks presents a key or a token; whose it is decides which orders are theirs. The model in
-- the body is asked for, as older apps on phones send it, and is the app's to choose.
local myna = require "myna"

local missing = { status = 400, json = { detail = "Missing sdp or model in request" } }

local function is_text(value)
  return type(value) == "string" and value ~= ""
end

return {
  ["POST /api/voice/realtime/connect"] = function(req)
    local body = req:json()
    if type(body) ~= "table" or not is_text(body.sdp) or not is_text(body.model) then
      return missing
    end
    local answer, err = myna.connect(body.sdp, { user = req.user })
    if not answer then
      return { status = err.status,
        json = { detail = "Failed to connect to the model: " .. err.message } }
    end
    return { json = { sdp = answer.sdp } }
  end,
}
