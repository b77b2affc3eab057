-- tries.lua - how often one call may be wrong about who somebody is, whichever tier asks. Who goes
-- on guessing birth dates is not let in.
local myna = require "myna"

local most = 3
local too_many = "Too many tries. The practice must call back, on the number it knows."

-- Counts a try, before its answer: two at once are two. Gives what takes it back.
return function(ctx)
  local misses = ctx.state.misses or 0
  if misses >= most then error(myna.fail(too_many)) end
  ctx.state.misses = misses + 1
  return function() ctx.state.misses = ctx.state.misses - 1 end
end
