-- agent.lua - a library's desk: what the language of scenarios can say is said about it.
local myna = require "myna"

local find = myna.tool {
  name = "find",
  description = "Find a book.",
  parameters = { title = myna.schema.string("Its title"):optional() },
  execute = function(args, ctx)
    ctx.state.book = myna.http.get("http://books.test/books",
      { query = { title = args.title or "dune" } }):data()
    return ctx.state.book
  end,
}

local lend = myna.tool {
  name = "lend",
  description = "Lend the book that was found.",
  execute = function(_, ctx)
    if not ctx.state.book then return myna.fail "No book was found yet." end
    return { title = ctx.state.book.title, card = ctx.state.card, at = os.date "%Y-%m-%d %H:%M" }
  end,
}

local shelf, key = myna.env "LIBRARY_SHELF", myna.env "LIBRARY_KEY"

local place = myna.tool {
  name = "place",
  description = "Tell where a book stands.",
  execute = function() return { shelf = shelf, key = key } end,
}

local bob = myna.agent {
  name = "Bob",
  handoff_description = "Takes fines.",
  instructions = "Be briefer.",
  tools = { find },
}

return myna.app {
  name = "library",
  timezone = "Europe/London",
  agent = myna.agent { name = "Ada", instructions = "Be brief.", tools = { find, lend, place },
    handoffs = { bob } },
  greeting = "City library.",
}
