-- agent.lua - recordings: a chime, a notice that must be heard, and music while something is found.
local myna = require "myna"

local NOTICE = "This call may be recorded for training, and is deleted after thirty days."

local play_notice = myna.tool {
  name = "play_notice",
  description = "Play the notice about recording.",
  timeout = "30s",
  execute = function(_, ctx)
    local heard, why = ctx:play("sounds/notice.wav", { text = NOTICE, wait = true })
    return heard and "They have heard it all." or "They have not heard it: " .. why
  end,
}

local play_hold = myna.tool {
  name = "play_hold",
  description = "Let the caller hear music.",
  execute = function(_, ctx)
    ctx:play "sounds/hold.wav"
    return "It plays."
  end,
}

local in_order = myna.tool {
  name = "in_order",
  description = "Words, a chime, words.",
  execute = function(_, ctx)
    ctx:say "One."
    ctx:play "sounds/chime.wav"
    ctx:say "Two."
    return "Said."
  end,
}

local look_up = myna.tool {
  name = "look_up",
  description = "Look something up, with music meanwhile.",
  execute = function(_, ctx)
    ctx:play "sounds/hold.wav"
    myna.sleep "2s"
    ctx:interrupt()
    return "It is in aisle four."
  end,
}

local say_goodbye = myna.tool {
  name = "say_goodbye",
  description = "End the call with the chime.",
  execute = function(_, ctx)
    ctx:play "sounds/chime.wav"
    ctx:hang_up "goodbye"
    return "Goodbye."
  end,
}

local play_any = myna.tool {
  name = "play_any",
  description = "Play a file by its name.",
  parameters = { name = myna.schema.string() },
  execute = function(args, ctx)
    ctx:play("sounds/" .. args.name .. ".wav")
    return "It plays."
  end,
}

return myna.app {
  name = "jukebox",
  agent = myna.agent { name = "Disc", instructions = "Play records for the caller.",
    tools = { play_notice, play_hold, in_order, look_up, say_goodbye, play_any } },
}
