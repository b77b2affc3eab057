-- policies.lua - what the company has written down, found by the words of a question.
local myna = require "myna"
local s = myna.schema

local policies = myna.index "knowledge/*.md"

return myna.tool {
  name = "look_up",
  description = "What the company's policies say about a question.",
  parameters = { question = s.string("The question", { min_length = 2, max_length = 500 }) },
  execute = function(args)
    local sections, why = policies:search(args.question, { limit = 3 })
    if not sections then return myna.fail("The policies cannot be read just now.", why) end
    local found = myna.array {}
    for i, section in ipairs(sections) do
      found[i] = { title = section.title, text = section.text }
    end
    return { policies = found }
  end,
}
