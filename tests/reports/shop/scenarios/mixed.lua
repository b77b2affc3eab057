-- mixed.lua - one that passes, some that fail, one that is skipped; with all that XML escapes.
local test = require "myna.test"

test.scenario("it's \"heard\" & <understood>", function(caller)
  caller:expect_heard "the shop"
end)

test.scenario("it fails ]]> \u{1F426} \u{FFFE}", function(caller)
  caller:expect_heard "\1\x80 <never> & \"so\"\r\n"
end)

test.scenario("the verb is misspelt", function(caller)
  caller:expect_herd "the shop"
end)

test.scenario("later", { skip = "<closed>" }, function() end)
