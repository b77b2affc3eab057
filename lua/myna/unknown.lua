--- A word myna does not have: described but not built yet, or written wrongly.
local kinds = require "myna.kinds"
local mistakes = require "myna.mistakes"

local later = {}
for _, word in ipairs { "calls" } do
  later[word] = true
end

--- Tells it. words: those there are, as keys.
return function(word, words)
  if later[word] then
    mistakes.add("myna.%s is not available in this version", word)
  else
    mistakes.add("myna has no '%s'%s", tostring(word), mistakes.hint(word, words))
  end
  return kinds.broken
end
