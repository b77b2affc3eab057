-- agent.lua - the app the tests of stage and scenarios play with.
local myna = require "myna"

local find = myna.tool {
  name = "find",
  description = "Find a book.",
  execute = function(_, ctx)
    ctx.state.book = myna.http.get("http://books.test/books?title=dune"):data()
    return ctx.state.book
  end,
}

local stumble = myna.tool {
  name = "stumble",
  description = "Err.",
  execute = function() error "the shelf is gone" end,
}

local linger = myna.tool {
  name = "linger",
  description = "Take too long.",
  timeout = "2s",
  execute = function() myna.sleep "10s" end,
}

local chance = myna.tool {
  name = "chance",
  description = "Throw a die, and say who is calling and when.",
  execute = function(_, ctx)
    return { die = math.random(1, 1000000), at = os.date "%Y-%m-%d %H:%M", from = ctx.call.from,
      name = ctx.user and ctx.user.name }
  end,
}

return myna.app {
  name = "desk",
  timezone = "Europe/London",
  agent = myna.agent { name = "Ada", instructions = "Be brief.",
    tools = { find, stumble, linger, chance },
    handoffs = { "Bob" } },
  agents = { myna.agent { name = "Bob", instructions = "Be briefer." } },
  greeting = "City library.",
}
