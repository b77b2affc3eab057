-- endless.lua - its second scenario runs so long that its process can be killed meanwhile.
local test = require "myna.test"

test.scenario("before", function(caller)
  caller:expect_heard "the shop"
end)

test.scenario("killed", function()
  while true do end
end)

test.scenario("after", function(caller)
  caller:expect_heard "the shop"
end)
