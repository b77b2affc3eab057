--- The instructions of an agent as they are now: a text, a file filled in, or what a function gave.
local kinds = require "myna.kinds"

return function(agent, ctx)
  local given = agent.instructions
  if type(given) == "function" then given = given(ctx) end
  if kinds.of(given) == "file" then given = given:fill(ctx) end
  if type(given) == "string" then return given end
  error(("agent '%s': instructions gave %s instead of a string"):format(agent.name,
    kinds.describe(given)), 0)
end
