-- editions.lua - prompts edited while calls run (R60).
local test = require "myna.test"

local prompt = "prompts/editor.md"

test.scenario("R60 an edited prompt is used from the next turn on", function(caller, model, app)
  caller:says "Good morning."
  model:says "Good morning."
  caller:expect_heard "good morning"
  app:edits(prompt, "You are a stern editor of {{ctx.state.paper or 'The Evening'}}.")
  model:expect("session.update",
    { session = { instructions = "You are a stern editor of The Evening." } })
  caller:says "What do you want?"
  model:says "Your copy."
  caller:expect_heard "your copy"
  app:expect_history { type = "config" }
end)

test.scenario("R60 an edit waits until the answer has come and its tools are done",
  function(caller, model, app)
    caller:says "Set the headline."
    model:calls("set_type", {})
    app:expect_tool_started "set_type"
    app:edits(prompt, "You are another editor.")
    model:says "It is set."
    model:expect("session.update", { session = { instructions = "You are another editor." },
      after = "2900ms" })
    app:expect_tool "set_type"
    caller:expect_heard "it is set"
  end)

test.scenario("R60 R26 an edit that changes nothing is not sent", function(caller, model, app)
  caller:says "Good morning."
  model:says "Good morning."
  caller:expect_heard "good morning"
  model:expect_no "session.update"
  app:edits("prompts/printer.md", "You are a printer. Be long.")
  caller:says "And the weather?"
  model:says "Rain."
  caller:expect_heard "rain"
end)

test.scenario("R60 a prompt that is not live stays with its call", function(caller, model, app)
  caller:says "Good morning."
  model:says "Good morning."
  caller:expect_heard "good morning"
  app:edits("prompts/printer.md", "You are a printer. Be long.")
  caller:says "The printer, please."
  model:hands_off "Printer"
  app:expect_handoff "Printer"
  model:expect("session.update", { session = { instructions = test.has "Be brief" } })
  model:says "Yes?"
  caller:expect_heard "yes"
end)

test.scenario("R60 an app that does not load changes nothing", function(caller, model, app)
  caller:says "Good morning."
  model:says "Good morning."
  caller:expect_heard "good morning"
  model:expect_no "session.update"
  app:edits(prompt, "You are {{ctx.stat.paper}}.",
    { refused = test.has "a template has no 'ctx.stat.paper'" })
  caller:says "And the weather?"
  model:says "Rain."
  caller:expect_heard "rain"
end)
