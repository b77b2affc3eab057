-- market.lua - what the web says today, asked of a search model; the call goes on meanwhile.
local myna = require "myna"
local s = myna.schema

local web = myna.http.client {
  base_url = myna.env("MARKET_URL", "https://api.perplexity.ai"),
  bearer = myna.secret("PERPLEXITY_KEY", "none"),
  timeout = { connect = "3s", total = "12s" },
  words = {
    [401] = "The search is not set up. Say that you cannot look at the web.",
    [429] = "The search is busy. Offer to look later.",
    timeout = "The search takes too long today.",
    other = "The web cannot be searched right now.",
  },
}

return myna.tool {
  name = "perplexitySearch",
  description = "Search real-time market data",
  parameters = { query = s.string("What to look for", { min_length = 2, max_length = 500 }) },
  timeout = "14s", on_interrupt = "cancel",
  filler = { say = "Let me look that up.", after = "800ms", every = "6s", max = 2 },
  execute = function(args)
    local found = web:post("/chat/completions", { json = { model = "sonar", max_tokens = 300,
      messages = {
        { role = "system", content = "Answer in two plain sentences, with dates of figures." },
        { role = "user", content = args.query } } } }):data()
    local choice = found.choices and found.choices[1]
    local text = choice and choice.message and choice.message.content
    if type(text) ~= "string" then return myna.fail("The search gave no answer.", "no content") end
    return { answer = text:gsub("%[%d+%]", "") } -- marks of sources are not for the ear
  end,
}
