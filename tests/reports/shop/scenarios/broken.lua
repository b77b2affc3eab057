-- broken.lua - does not load.
local test = require "myna.test"

test.scenario("<&>", { tag = {} }, function() end)
