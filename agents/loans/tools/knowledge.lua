-- knowledge.lua - what the house has written down about its loans: a local collection, full text.
local myna = require "myna"
local s = myna.schema

local pages = myna.index "knowledge/*.md"

return myna.tool {
  name = "searchKnowledgeBase",
  description = "Search knowledge base for DSCR loan information",
  parameters = {
    query = s.string "Search query",
    topK = s.number("Results to return", { minimum = 1, maximum = 10 }):default(3),
  },
  execute = function(args)
    local sections, why = pages:search(args.query, { limit = math.floor(args.topK) })
    if not sections then return myna.fail("The knowledge base cannot be read just now.", why) end
    local results = myna.array {}
    for i, section in ipairs(sections) do
      results[i] = { title = section.title, text = section.text }
    end
    return { results = results }
  end,
}
