-- fillers.lua - words while a tool runs, beside the conversation.
local test = require "myna.test"

local function asks(caller, model, app, tool, after)
  app.http:on("GET /shelves"):replies { text = "on the top shelf", after = after }
  caller:says "Where is the saw?"
  model:calls(tool, {})
  app:expect_tool_started(tool)
end

local function searches(caller, model, app, after)
  asks(caller, model, app, "search", after)
end

test.scenario("R18 a tool that is slow is bridged, and again, and no more",
  function(caller, model, app)
    searches(caller, model, app, "9s")
    caller:expect_heard("let me look", { after = "500ms", within = "600ms" })
    caller:expect_heard("let me look", { after = "3s", within = "4s" })
    app:expect_tool("search", { output = "top shelf", within = "6s" })
    caller:expect_no_heard "let me look"
    model:says "It is on the top shelf."
    caller:expect_heard "on the top shelf"
  end)

test.scenario("R18 a tool that is fast needs no filler", function(caller, model, app)
  caller:expect_no_heard "let me look"
  searches(caller, model, app, "400ms")
  model:says "It is on the top shelf."
  caller:expect_heard "on the top shelf"
end)

test.scenario("R18 a fast answer does not cut the filler", function(caller, model, app)
  searches(caller, model, app, "700ms")
  model:says "It is on the top shelf."
  caller:expect_heard "let me look"
  caller:expect_heard("it is on the top shelf", { within = "500ms" })
  model:expect_no "response.cancel"
end)

test.scenario("R18 a long filler is said to its end before the answer",
  function(caller, model, app)
    asks(caller, model, app, "dig", "600ms")
    model:says "It is on the top shelf."
    app:expect_tool "dig"
    model:expect("response.create", { response = { conversation = "none" } })
    model:expect("response.create", { after = "1s", within = "9s" }) -- once that is made
    caller:expect_heard("nobody went for years bear with me", { within = "9s" })
    caller:expect_heard("it is on the top shelf", { within = "2s" })
  end)

test.scenario("R18 a filler does not talk over what the agent says itself",
  function(caller, model, app)
    app.http:on("GET /shelves"):replies { text = "on the top shelf", after = "3s" }
    caller:expect_no_heard "let me look"
    caller:says "Where is the saw?"
    model:responds { says = "The saw? I am sure that we have one, somewhere.",
      calls = { "search", {} } }
    app:expect_tool("search", { output = "top shelf" })
    model:says "On the top shelf."
    caller:expect_heard "on the top shelf"
  end)

test.scenario("R5 R18 a caller who cuts in on a filler stops it, by its id",
  function(caller, model, app)
    searches(caller, model, app, "4s")
    caller:expect_heard "let"
    model:expect("response.create", { response = { conversation = "none" } })
    caller:cuts_in "It is red."
    caller:expect_silence { within = "60ms" }
    model:says "A red one, I see."
    model:expect_no "conversation.item.truncate"
    app:expect_tool("search", { output = "top shelf" })
    model:says "It is on the top shelf."
    caller:expect_heard "on the top shelf"
  end)

test.scenario("R5 a filler that is being made is cancelled by its id", function(caller, model, app)
  asks(caller, model, app, "dig", "5s")
  caller:expect_heard "I"
  caller:cuts_in "It is red."
  model:expect("response.cancel", { response_id = test.any })
  model:says "A red one, I see."
  caller:expect_heard "red one"
  app:expect_tool("dig", { output = "top shelf" })
  model:says "It is on the top shelf."
  caller:expect_heard "on the top shelf"
end)

test.scenario("R5 what a filler says is not in the conversation", function(caller, model, app)
  searches(caller, model, app, "2s")
  caller:expect_heard "let me look"
  model:says "It is on the top shelf."
  caller:expect_heard "on the top shelf"
  app:expect(function(_, history)
    for _, item in ipairs(history) do
      if item.text and item.text:find "look" then return false end
    end
    return #history > 0
  end)
end)
