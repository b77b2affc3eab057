-- agent.lua - a travel desk, on which the fourteen things are tried that other runtimes get wrong.
local myna = require "myna"
local s = myna.schema

local weather = myna.tool {
  name = "get_weather",
  description = "Look up the weather in a city.",
  parameters = { city = s.string "The city's name" },
  execute = function(args)
    myna.sleep "1s"
    return { city = args.city, sky = "clear" }
  end,
}

local time = myna.tool {
  name = "get_time",
  description = "Tell the time in a city.",
  parameters = { city = s.string "The city's name" },
  execute = function(args)
    myna.sleep "3s"
    return { city = args.city, time = "10:00" }
  end,
}

local book = myna.tool {
  name = "book",
  description = "Book a flight.",
  needs_approval = true,
  approve_by = "caller",
  execute = function() return "booked" end,
}

local flights = myna.agent {
  name = "Flights", voice = "cedar",
  handoff_description = "Books flights.",
  instructions = "You book flights.",
  tools = { book },
}

return myna.app {
  name = "fourteen",
  agent = myna.agent { name = "Desk", voice = "marin", instructions = "You are a travel desk.",
    tools = { weather, time }, handoffs = { flights } },
  greeting = "Travel desk, good morning.",
  output_guardrails = {
    myna.guardrail { name = "promises", every_chars = 100, check = function(text)
      if text:find "[Gg]uarantee" then
        return myna.block { policy_hint = "never promise good weather" }
      end
    end },
    myna.guardrail { name = "closed", on_error = "closed", check = function(text)
      if text:find "[Bb]reak" then error "the check is broken" end
    end },
  },
}
