--- A word myna does not have: written wrongly.
local kinds = require "myna.kinds"
local mistakes = require "myna.mistakes"

--- Tells it. words: those there are, as keys.
return function(word, words)
  mistakes.add("myna has no '%s'%s", tostring(word), mistakes.hint(word, words))
  return kinds.broken
end
