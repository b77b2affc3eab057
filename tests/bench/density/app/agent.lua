-- The smallest app there is: the load generator speaks for both sides.
local myna = require "myna"

return myna.app {
  name = "bench",
  agent = myna.agent { name = "Echo", instructions = "Say nothing." },
}
