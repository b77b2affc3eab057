-- approvals.lua - tools that run only when somebody says so.
local test = require "myna.test"

test.scenario("R19 a tool waits for the operator, and has its own time from then on",
  { silence = "12s" }, function(caller, model, app)
    caller:says "Saw it at three metres."
    model:calls("saw", { cm = 300 })
    app:expect_approval("saw", { args = { cm = 300 }, approve_by = "operator" })
    caller:waits "9s" -- longer than the tool may take
    app.operator:approves()
    app:expect_tool("saw", { output = "sawn at 300", within = "2s" })
    model:says "It is sawn."
    caller:expect_heard "sawn"
  end)

test.scenario("R19 a call that needs no approval runs at once", function(caller, model, app)
  caller:says "Saw it at ten."
  model:calls("saw", { cm = 10 })
  app:expect_tool("saw", { output = "sawn at 10", within = "3s" })
  model:says "It is sawn."
  caller:expect_heard "sawn"
end)

test.scenario("R11 R19 what the operator rejects does not run, and the model reads why",
  function(caller, model, app)
    caller:says "Saw it at three metres."
    model:calls("saw", { cm = 300 })
    app:expect_approval "saw"
    app.operator:rejects "That is the master's table."
    app:expect_tool("saw", { output = "not approved, so it was not done: That is the master's" })
    model:says "I may not, it is the master's table."
    caller:expect_heard "may not"
  end)

test.scenario("R19 silence past the deadline is a no", { silence = false },
  function(caller, model, app)
    caller:says "Saw it at three metres."
    model:calls("saw", { cm = 300 })
    app:expect_approval "saw"
    app:expect_tool("saw", { output = "Nobody approved", after = "20s", within = "21s" })
    model:says "Nobody is here to allow it."
    caller:expect_heard "nobody is here"
  end)

test.scenario("R19 bad arguments bother nobody", { caller = { events = "myna" } },
  function(caller, model, app)
    caller:expect_no_event("myna.note", { note = "tool_approval_requested" })
    caller:says "Saw it, far out."
    model:calls("saw", { cm = "far" })
    app:expect_tool("saw", { output = "cm" })
    model:says "How far?"
    caller:expect_heard "how far"
  end)

test.scenario("R19 a handler of the app approves and rejects", function(caller, model, app)
  caller:says "Paint it, in all colours."
  model:responds { calls = { { "paint", { colour = "red" } }, { "paint", { colour = "blue" } },
    { "paint", { colour = "pink" } } } }
  app:expect_tool("paint", { args = { colour = "red" }, output = "painted red" })
  app:expect_tool("paint", { args = { colour = "blue" }, output = "not approved" })
  app:expect_tool("paint", { args = { colour = "pink" }, output = "Pink has run out" })
  model:says "Red it is."
  caller:expect_heard "red it is"
end)

test.scenario("R19 the caller's app approves where the tool says so",
  { caller = { events = "myna" } }, function(caller, model, app)
    caller:says "Burn my drawings."
    model:calls("burn", {})
    local asked = caller:expect_event("myna.tool.approval_requested", { tool = "burn" })
    caller:expect_heard "I wait for your word"
    caller:sends { type = "myna.tool.approve", call_id = asked.call_id }
    caller:expect_event("myna.tool.approval_resolved", { approved = true })
    app:expect_tool("burn", { output = "burnt" })
    model:says "They are ashes."
    caller:expect_heard "ashes"
  end)

test.scenario("R19 the caller's app approves nowhere else", { caller = { events = "myna" } },
  function(caller, model, app)
    caller:expect_no_event "myna.tool.approval_requested"
    caller:says "Saw it at three metres."
    model:calls("saw", { cm = 300 })
    local waits = app:expect_approval "saw"
    caller:sends { type = "myna.tool.approve", call_id = waits.call_id, event_id = "mine" }
    caller:expect_event("error", { error = { param = "call_id", event_id = "mine" } })
    app.operator:rejects()
    app:expect_tool("saw", { output = "not approved" })
    model:says "I may not."
    caller:expect_heard "may not"
  end)

test.scenario("R76 who did not ask for Myna's events is told of none", function(caller, model, app)
  caller:expect_no_event "myna.tool.approval_requested"
  caller:expect_no_event "myna.tool.approval_resolved"
  caller:says "Burn my drawings."
  model:calls("burn", {})
  app:expect_approval "burn"
  app.operator:approves()
  app:expect_tool("burn", { output = "burnt" })
  model:says "They are ashes."
  caller:expect_heard "ashes"
end)

test.scenario("R11 a tool that is not enabled is answered", function(caller, model, app)
  caller:says "Turn it."
  model:calls("lathe", {})
  app:expect_tool("lathe", { output = "not available" })
  model:says "We have no lathe."
  caller:expect_heard "no lathe"
end)
