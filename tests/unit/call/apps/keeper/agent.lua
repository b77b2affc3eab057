-- agent.lua - an agent with a store and an index.
local myna = require "myna"

myna.store "leads"
myna.index "knowledge/*.md"

return myna.agent { name = "Keeper" }
