-- An app: who answers the telephone, and what they can do. `myna check` tells what is wrong with
-- it, `myna chat` lets you type to it, `myna test` plays its scenarios, `myna serve` takes calls.
local myna = require "myna"
local s = myna.schema

local opening_hours = myna.tool {
  name = "opening_hours",
  description = "Tell when we are open on a day of the week.",
  parameters = {
    day = s.enum("Which day", { "weekday", "saturday", "sunday" }),
  },
  execute = function(args, ctx) -- may wait: myna.http, myna.sleep; nobody's audio waits with it
    ctx.state.asked_hours = true
    if args.day == "sunday" then return "We are closed on Sundays." end
    return args.day == "weekday" and "From nine until six." or "From ten until two."
  end,
}

local clerk = myna.agent {
  name = "Clerk",
  handoff_description = "Takes orders.",
  instructions = "You take orders. Ask for a name and a telephone number, and repeat both.",
}

return myna.app {
  greeting = myna.env("GREETING", "Hello, how can I help?"),
  agent = myna.agent {
    name = "Robin",
    instructions = myna.file "prompts/robin.md", -- edit it while calls run: they follow
    tools = { opening_hours },
    handoffs = { clerk },
  },
}
