-- broken.lua - does not load.
local test = require "myna.test"

test.scenario("an option is misspelt", { tag = { "x" } }, function() end)
