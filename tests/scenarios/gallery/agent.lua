-- agent.lua - a porter who looks at pictures: a camera's, a plan of the app's own.
local myna = require "myna"

local house = myna.http.client { base_url = "http://127.0.0.1:8089" }

local look_at_door = myna.tool {
  name = "look_at_door",
  description = "See who stands at the door.",
  execute = function(_, ctx)
    local res = house:get "/door.jpg"
    if not res.ok then return myna.fail "The camera does not answer." end
    ctx:trace("door_seen", { bytes = #res.body })
    return myna.image(res.body, "What the camera at the door sees just now.")
  end,
}

local show_plan = myna.tool {
  name = "show_plan",
  description = "Look at the plan of a floor.",
  parameters = { floor = myna.schema.enum("Which", { "floor", "attic" }) },
  execute = function(args, ctx)
    local shown, why = ctx:send_image("plans/" .. args.floor .. ".png",
      { text = "The plan of the " .. args.floor .. "." })
    return shown and "It is before you." or why
  end,
}

local checked_door = myna.tool {
  name = "checked_door",
  description = "See who stands at the door, if that is allowed.",
  execute = function() return myna.image(house:get("/door.jpg").body) end,
  output_guardrails = { myna.guardrail {
    name = "nobody", check = function() return myna.block { say = "Not at night." } end,
  } },
}

local look_twice = myna.tool {
  name = "look_twice",
  description = "See who stands at the door, by another tool.",
  execute = function(_, ctx) return ctx:call_tool("look_at_door", {}) end,
}

local show_two = myna.tool {
  name = "show_two",
  description = "Show two large pictures at once.",
  execute = function(_, ctx)
    local bytes = "\xff\xd8\xff" .. ("x"):rep(300000)
    local first = ctx:send_image(bytes)
    local second, why = ctx:send_image(bytes)
    return { first = first, second = second or why }
  end,
}

return myna.app {
  name = "gallery",
  agent = myna.agent { name = "Porter", instructions = "Say what you see.",
    tools = { look_at_door, show_plan, checked_door, look_twice, show_two } },
}
