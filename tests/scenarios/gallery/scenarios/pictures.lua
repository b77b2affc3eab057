-- pictures.lua - what the model is shown, and what is remembered of it (R50).
local test = require "myna.test"

local JPEG = "\xff\xd8\xff\xe0\0\16JFIF\0" .. ("x"):rep(1000)

test.before(function(_, _, app)
  app.http:on("GET /door.jpg"):replies { body = JPEG }
end)

local function picture(kind)
  return { item = { role = "user", type = "message", content = { { type = "input_image",
    image_url = test.starts("data:image/" .. kind .. ";base64,") } } } }
end

test.scenario("R50 a tool's picture is seen by the model, its text is the output",
  function(caller, model, app)
    caller:expect_no_event("conversation.item.added", { item = { role = "user",
      content = { { type = "input_image" } } } })
    caller:says "Who is at the door?"
    model:calls("look_at_door", {})
    model:expect("conversation.item.create", picture "jpeg")
    model:expect("conversation.item.create", { item = { type = "function_call_output",
      output = "What the camera at the door sees just now." } })
    model:says "The postman."
    caller:expect_heard "postman"
    app:expect_history { role = "user", images = { { type = "image/jpeg", bytes = #JPEG } } }
  end)

test.scenario("R50 neither log nor history has its bytes", function(caller, model, app)
  caller:says "Who is at the door?"
  model:calls("look_at_door", {})
  model:says "The postman."
  caller:expect_heard "postman"
  app:expect_log { text = "trace", point = "door_seen", bytes = tostring(#JPEG) }
  app:expect(function(_, history)
    for _, item in ipairs(history) do
      if tostring(item.output or ""):find "xxx" or tostring(item.text or ""):find "xxx" then
        return false
      end
    end
    return true
  end)
end)

test.scenario("R50 a script shows a picture of its folder, with words", function(caller, model, app)
  caller:says "Where is the cellar?"
  model:calls("show_plan", { floor = "floor" })
  model:expect("conversation.item.create", { item = { role = "user", content = {
    { type = "input_text", text = "The plan of the floor." },
    { type = "input_image", image_url = test.starts "data:image/png;base64,iVBORw0KGgo" } } } })
  app:expect_tool("show_plan", { output = "It is before you." })
  model:says "Below you."
  caller:expect_heard "below you"
  app:expect_history { role = "user", text = "The plan of the floor." }
end)

test.scenario("R50 one that is missing is a mistake of the tool's line", { tags = { "error" } },
  function(caller, model, app)
    caller:says "Where is the attic?"
    model:calls("show_plan", { floor = "attic" })
    model:says "I have no plan of it."
    app:expect_log { error = test.has "agent.lua:22: ctx:send_image: there is no file" }
    caller:expect_heard "no plan"
  end)

test.scenario("R50 what is no picture is not shown", { tags = { "error" } },
  function(caller, model, app)
    app.http:on("GET /door.jpg"):replies { body = "GIF89a and so on" }
    model:expect_no("conversation.item.create", picture "jpeg")
    caller:says "Who is at the door?"
    model:calls("look_at_door", {})
    model:says "I cannot see."
    app:expect_log { error = test.has
      "agent.lua:9: myna.image: expected the bytes of a PNG or a JPEG, got a GIF" }
    caller:expect_heard "cannot see"
  end)

test.scenario("R50 one too large to show is told in words", { tags = { "error" } },
  function(caller, model, app)
    app.http:on("GET /door.jpg"):replies { body = JPEG .. ("x"):rep(600000) }
    model:expect_no("conversation.item.create", picture "jpeg")
    caller:says "Who is at the door?"
    model:calls("look_at_door", {})
    model:says "I cannot see."
    app:expect_tool("look_at_door", { output = test.has "(script-picture)" })
    caller:expect_heard "cannot see"
  end)

test.scenario("R50 more than may wait for the model is not sent, and the call goes on",
  function(caller, model, app)
    caller:says "Show me both."
    model:calls("show_two", {})
    model:says "Here is one."
    app:expect_tool("show_two", { output = { first = true,
      second = "too much waits to be sent to the model" } })
    caller:expect_heard "here is one"
  end)

test.scenario("R45 what a guardrail replaces is not shown", function(caller, model, app)
  model:expect_no("conversation.item.create", picture "jpeg")
  caller:says "Who is at the door?"
  model:calls("checked_door", {})
  model:says "Not at night."
  app:expect_guardrail "nobody"
  caller:expect_heard "not at night"
end)

test.scenario("R50 a tool that runs another gives on its picture", function(caller, model)
  caller:says "Who is at the door?"
  model:calls("look_twice", {})
  model:expect("conversation.item.create", picture "jpeg")
  model:says "The postman."
  caller:expect_heard "postman"
end)

test.scenario("R62 on another connection the model reads that there was one",
  function(caller, model, app)
    caller:says "Where is the cellar?"
    model:calls("show_plan", { floor = "floor" })
    model:says "Below you."
    app:expect_tool "show_plan"
    caller:expect_heard "below you"
    model:drops()
    model:expect("conversation.item.create", { within = "10s", item = { role = "user", content = {
      { type = "input_text", text = "The plan of the floor." },
      { type = "input_text", text = test.has "image" } } } })
  end)

test.scenario("a point of the app's own is recorded", function(caller, model, app)
  caller:says "Who is at the door?"
  model:calls("look_at_door", {})
  local fields = app:expect_trace("door_seen", { bytes = #JPEG })
  assert(fields.bytes == #JPEG)
  model:says "The postman."
  caller:expect_heard "postman"
end)
