-- agent.lua - a text agent whose words are shown as they come.
local myna = require "myna"
local s = myna.schema

local writer = myna.text_agent { name = "Writer", model = "gpt-4.1" }

local draft = myna.tool {
  name = "draft", description = "Write a letter.",
  parameters = { about = s.string "What about" },
  execute = function(args, ctx)
    local text, err = writer:run(args.about, ctx, { on_text = function(words)
      ctx:send { type = "draft", words = words }
    end })
    return text or tostring(err)
  end,
}

return myna.agent { name = "Desk", tools = { draft } }
