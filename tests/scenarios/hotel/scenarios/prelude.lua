-- prelude.lua - tools that run before an agent's first words (R69).
local test = require "myna.test"

local sam = { caller = { from = "+441", events = "myna" } }

test.before(function(_, _, app)
  app.http:on("GET /guests"):replies { json = { name = "Sam Latif" }, after = "300ms" }
  app.http:on("GET /menus/{meal}"):replies { json = { dish = "porridge" }, after = "600ms" }
  app.http:on("GET /spa"):replies { json = { "ten", "eleven" }, after = "400ms" }
end)

local function calls_of(history)
  local calls = {}
  for _, item in ipairs(history) do
    if item.type == "function_call" then
      calls[#calls + 1] = item.name .. ": " .. tostring(item.output)
    end
  end
  return table.concat(calls, "; ")
end

test.scenario("R69 what they find is known before the first words", sam,
  function(caller, model, app)
    caller:expect_no_event("conversation.item.added", { item = { type = "function_call" } })
    caller:expect_first_audio { after = "600ms", within = "800ms" } -- at once: the slowest's time
    model:expect_session { instructions = test.has "Sam Latif calls" }
    local call = model:expect("conversation.item.create",
      { item = { type = "function_call", name = "who_calls", arguments = "{}" } })
    model:expect("conversation.item.create", { item = { type = "function_call_output",
      call_id = call.item.call_id, output = test.has "Sam Latif" } })
    app:expect_tool("menu", { output = { dish = "porridge" } })
    app:expect(function(state, history)
      return state.guest.name == "Sam Latif" and history[1].name == "who_calls"
        and history[2].name == "menu" and history[3].role == "assistant"
    end)
    caller:says "What is for breakfast?"
    model:says "Porridge, Sam."
    caller:expect_heard "porridge"
    app:expect(function(_, history)
      return calls_of(history):find "^who_calls: .-; menu: [^;]*$"
    end)
  end)

test.scenario("R69 one that fails keeps nobody waiting, and the model reads so", sam,
  function(caller, _, app)
    app.http:on("GET /guests"):fails(503)
    caller:expect_heard "this is Ines"
    app:expect_log { level = "warn", tool = "who_calls" }
    app:expect(function(_, history)
      return calls_of(history):find "^who_calls: This failed.-; menu: {"
    end)
  end)

test.scenario("R69 what takes longer than 3 s is done without", { caller = { from = "+441" },
  state = { is_cloudy = true } }, function(caller, model, app)
    caller:expect_first_audio { after = "3s", within = "3200ms" }
    app:expect_tool("weather", { output = test.has "did not answer in time", seconds = 3 })
    model:expect("conversation.item.create", { item = { type = "function_call_output",
      output = test.has "Carry on without it" } })
  end)

test.scenario("R69 a request ends in time to be put in words", sam, function(caller, _, app)
  app.http:on("GET /guests"):stalls()
  caller:expect_first_audio { after = "2900ms", within = "3s" }
  app:expect_tool("who_calls", { output = test.has "This failed" })
end)

test.scenario("R69 each has its own time, too", sam, function(caller, _, app)
  app.http:on("GET /menus/{meal}"):stalls()
  caller:expect_first_audio { after = "1900ms", within = "2100ms" }
  app:expect_log { level = "warn", tool = "menu" }
end)

test.scenario("R69 one that is not enabled does not run, and the model does not hear of it", sam,
  function(caller, model, app)
    model:expect_no("conversation.item.create", { item = { name = "birthday" } })
    caller:expect_heard "this is Ines"
    app:expect(function(_, history) return not calls_of(history):find "birthday" end)
  end)

test.scenario("R69 one that is, does", { caller = { from = "+441" },
  state = { congratulates = true } }, function(caller, model)
    caller:expect_heard "this is Ines"
    model:expect("conversation.item.create", { item = { name = "birthday" } })
  end)

test.scenario("R69 a tool of the prelude alone is not the model's to call", sam,
  function(caller, model, app)
    caller:says "Who am I?"
    model:calls("who_calls", {})
    model:says "You are Sam."
    app:expect_history { type = "function_call", name = "who_calls",
      output = test.has "no such tool" }
    caller:expect_heard "you are Sam"
  end)

test.scenario("R69 an agent that takes over has its prelude first", sam,
  function(caller, model, app)
    caller:says "I would like a massage."
    model:hands_off "Spa"
    app:expect_tool("free_slots", { output = test.has "ten" })
    app:expect_handoff "Spa"
    model:says "We have time at ten."
    model:expect_session { instructions = test.has "the spa for Sam Latif" }
    model:expect("conversation.item.create", { item = { type = "function_call",
      name = "free_slots" } })
    caller:expect_heard "time at ten"
    app:expect(function(_, history)
      local last = #history
      return history[last - 1].name == "free_slots" and history[last].role == "assistant"
    end)
  end)

test.scenario("R69 a model that is dialled anew is told of it", sam, function(caller, model)
  caller:expect_heard "this is Ines"
  model:drops()
  caller:expect_event "myna.session.resumed"
  model:expect("conversation.item.create", { item = { type = "function_call_output",
    output = test.has "Sam Latif" } })
  caller:says "Are you there?"
  model:says "I am."
  caller:expect_heard "I am"
end)

test.scenario("R69 who hangs up meanwhile ends it", sam, function(caller, model, app)
  app.http:on("GET /guests"):stalls()
  model:expect_no "session.update"
  caller:waits "200ms"
  caller:hangs_up()
  caller:expect_hung_up()
end)
