-- talk.lua - cutting in, errors nobody needs to hear of, lost lines, and the web.
local test = require "myna.test"

local search = "POST /chat/completions"
local asked = { query = "mortgage rates this week" }

local function answer(text)
  return { json = { choices = { { message = { role = "assistant", content = text } } } } }
end

test.scenario("the caller cuts in: silence at once, and only what was heard is remembered",
  { tags = { "barge_in" } }, function(caller, model, app)
    caller:says "How do you lend?"
    model:says("We lend up to eighty per cent, for thirty years, and the rent has to carry it.",
      { lasts = "6s" })
    caller:expect_speaking { within = "2s" }
    caller:waits "1500ms"
    caller:cuts_in "What does it cost?"
    model:says "Some seven per cent."
    caller:expect_silence { within = "60ms" }
    model:expect("conversation.item.truncate", { audio_end_ms = test.near(1500, 40) })
    app:expect_history { text = test.starts "We lend", interrupted = true }
    caller:expect_heard "seven per cent"
  end)

test.scenario("cutting in on nothing cancels nothing", { tags = { "barge_in" } },
  function(caller, model)
    model:expect_no "response.cancel"
    caller:expect_no_event "error"
    caller:expect_heard "buying, or refinancing"
    caller:waits "1s"
    caller:cuts_in "Buying."
    model:says "What does it cost?"
    caller:expect_heard "What does it cost"
  end)

test.scenario("a cancel that comes too late is nobody's error", function(caller, model)
  caller:expect_no_event "error"
  caller:says "Are you there?"
  model:says "I am."
  caller:expect_heard "I am"
  caller:cuts_in "Good."
  model:says "So, which house is it?"
  caller:expect_heard "which house"
end)

test.scenario("the model's line breaks in the middle of a talk", function(caller, model)
  caller:expect_heard "This is Cap"
  caller:says "I want to buy a house."
  model:says "Good. Where?"
  caller:expect_heard "where"
  model:drops()
  caller:says "In Queens."
  model:says "And what does it cost?"
  caller:expect_heard "what does it cost"
end)

test.scenario("the web is asked, and its marks are not read out", function(caller, model, app)
  app.http:on(search):replies(answer "Rates stand near 6.9 per cent.[1][2]")
  caller:says "What are rates this week?"
  model:calls("perplexitySearch", asked)
  app:expect_http(search, { json = { model = "sonar" } })
  app:expect_tool("perplexitySearch", { output = { answer = "Rates stand near 6.9 per cent." } })
  model:says "Near seven per cent, the web says."
  caller:expect_heard "the web says"
end)

test.scenario("a slow web is bridged", { silence = "9s" }, function(caller, model, app)
  app.http:on(search):replies { after = "3s", json = { choices = { { message = {
    content = "About 6.9 per cent." } } } } }
  caller:says "What are rates this week?"
  model:calls("perplexitySearch", asked)
  caller:expect_heard("look that up", { within = "3s" })
  app:expect_tool("perplexitySearch", { seconds = test.near(3, 0.1) })
  model:says "About seven."
  caller:expect_heard "About seven"
end)

test.scenario("a caller who no longer wants it does not wait for the web", { silence = "9s" },
  function(caller, model, app)
    app.http:on(search):stalls()
    caller:says "What are rates this week?"
    model:responds { says = "Let me see what the web has.",
      calls = { "perplexitySearch", asked } }
    app:expect_tool_started "perplexitySearch"
    caller:cuts_in "Never mind, tell me of hard money."
    app:expect_tool("perplexitySearch", { seconds = test.below(4) })
    model:says "It is a bridge, for some months."
    caller:expect_heard "a bridge"
  end)

for what, words in pairs { [401] = "not set up", [429] = "busy", [500] = "cannot be searched" } do
  test.scenario(("a web that answers %d"):format(what), { tags = { "error" } },
    function(caller, model, app)
      app.http:on(search):fails(what)
      caller:says "What are rates this week?"
      model:calls("perplexitySearch", asked)
      app:expect_tool("perplexitySearch", { output = test.has(words) })
      model:says "I cannot look at the web just now."
      caller:expect_heard "cannot look"
    end)
end

test.scenario("an answer without words is no answer", { tags = { "error" } },
  function(caller, model, app)
    app.http:on(search):replies { json = { choices = {} } }
    caller:says "What are rates this week?"
    model:calls("perplexitySearch", asked)
    app:expect_tool("perplexitySearch", { output = test.has "gave no answer" })
    model:says "I found nothing."
    caller:expect_heard "found nothing"
  end)

test.scenario("nothing is guaranteed, whatever a model says", function(caller, model, app)
  caller:says "So I have the loan?"
  model:says "Yes, you are approved."
  app:expect_guardrail "words"
  model:says "An underwriter decides; the figures look good."
  caller:expect_heard "underwriter decides"
end)

test.scenario("goodbye", function(caller, model)
  caller:says "Thanks, bye."
  model:responds { says = "Goodbye.", calls = { "hang_up", {} } }
  caller:expect_hung_up()
end)

test.scenario("a caller gone quiet", { silence = false }, function(caller)
  caller:expect_heard "This is Cap"
  caller:expect_heard("Still with me", { within = "20s" })
  caller:expect_heard("let you go", { within = "40s" })
  caller:expect_hung_up { within = "10s" }
end)
