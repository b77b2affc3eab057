-- agent.lua - Vega: a Spanish-speaking companion for technicians on the road, over WebRTC.
--
-- The technician's phone speaks to the model directly; work orders are read and written here.
local myna = require "myna"

local vega = myna.agent {
  name = "Vega",
  instructions = myna.file "prompts/vega.md",
  tools = { require "tools.orders", require "tools.parts", myna.tools.datetime,
    myna.tools.hang_up },
}

return myna.app {
  name = "technician",
  model = "gpt-realtime",
  voice = "marin",
  timezone = "Europe/Madrid",
  webrtc = "direct",
  agent = vega,
  greeting = "Hola, soy Vega. ¿En qué orden estás?",
  transcription = { model = "gpt-4o-mini-transcribe", language = "es" },
  turn = { detection = "server_vad", silence_duration_ms = 600 }, -- a workshop is loud
  limits = { duration = "50m", idle = "5m", farewell = "Cierro la llamada. Hasta luego." },
  routes = require "connect",
}
