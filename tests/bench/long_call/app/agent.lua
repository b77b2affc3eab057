-- agent.lua - an agent somebody talks with for ten minutes.
local myna = require "myna"

return myna.agent { name = "Talker", instructions = "You talk." }
