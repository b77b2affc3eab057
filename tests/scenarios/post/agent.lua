-- agent.lua - an agent that mails what it hears.
local myna = require "myna"
local s = myna.schema

local owner = myna.secret("OWNER_MAIL", "owner@shop.test")

local tell_owner = myna.tool {
  name = "tell_owner",
  description = "Tell the owner who called.",
  parameters = { name = s.string "Who", wants = s.string "What" },
  execute = function(args, ctx)
    ctx.state.name = args.name
    myna.mail { to = owner, subject = ("%s called"):format(args.name), text = args.wants }
    return "The owner will read it today."
  end,
}

local confirm = myna.tool {
  name = "confirm",
  description = "Send a confirmation, and say whether it went.",
  parameters = { to = s.string "Address", subject = s.string "What about" },
  execute = function(args)
    local ok, why = myna.mail { to = { args.to }, cc = { "desk@shop.test" },
      reply_to = "desk@shop.test", subject = args.subject, text = "As we said.",
      html = "<p>As we said.</p>", wait = true }
    if not ok then return myna.fail("I could not send that.", why) end
    return "It is on its way."
  end,
}

local flood = myna.tool {
  name = "flood",
  description = "Sends as many as it is told.",
  parameters = { count = s.integer "How many" },
  execute = function(args)
    for i = 1, args.count do
      myna.mail { to = "a@shop.test", subject = "mail " .. i, text = "." }
    end
    return "done"
  end,
}

return myna.app {
  agent = myna.agent { name = "Desk", tools = { tell_owner, confirm, flood } },
  on = { call_end = function(event, ctx)
    if not ctx.state.name then return end
    myna.mail { to = owner, subject = ctx.state.name .. " hung up", text = event.reason }
  end },
}
