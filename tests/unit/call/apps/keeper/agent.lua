-- agent.lua - an agent with a store.
local myna = require "myna"

myna.store "leads"

return myna.agent { name = "Keeper" }
