-- guardrails.lua - the ready-made guardrails: moderation, personal data, patterns, languages.
local test = require "myna.test"

local function answer(caller, model, words, options)
  caller:says "Tell me."
  model:says(words, options)
end

test.scenario("R40 what moderation flags is stopped while it is said", { start = "Moderated" },
  function(caller, model, app)
    app.moderation:flags("you old donkey", { category = "harassment" })
    answer(caller, model, "Let me think about that for a moment, You Old Donkey, and about all the "
      .. "other things I know.", { lasts = "20s" })
    caller:expect_no_heard "other things"
    app:expect_guardrail("moderation", { info = { categories = { "harassment" } } })
    app:expect_http("POST /v1/moderations", { json = { model = "omni-moderation-latest" } })
    caller:expect_heard("stay friendly", { within = "6s" })
  end)

test.scenario("R40 what moderation does not flag is heard", { start = "Moderated" },
  function(caller, model, app)
    answer(caller, model, "Donkeys are kind, and old ones are kinder.")
    app:expect_http "POST /v1/moderations"
    caller:expect_heard "kinder"
  end)

test.scenario("R42 nothing is heard before moderation has passed it", { start = "Strict" },
  function(caller, model, app)
    app.moderation:flags("break his bike", { category = "violence" })
    caller:expect_no_heard "bike"
    answer(caller, model, "Go and break his bike.")
    app:expect_guardrail("moderation", { info = { categories = { "violence" } } })
    model:expect("response.create", { response = { instructions = test.has "be gentle" } })
    model:says "Talk to him."
    caller:expect_heard "Talk to him"
  end)

test.scenario("R40 only the categories asked for count", { start = "Strict" },
  function(caller, model, app)
    app.moderation:flags("old donkey", { category = "harassment" })
    answer(caller, model, "You old donkey.")
    app:expect_http "POST /v1/moderations"
    caller:expect_heard "donkey"
  end)

test.scenario("R43 moderation that cannot be asked passes", { start = "Moderated" },
  function(caller, model, app)
    caller:expect_heard "good morning"
    app.http:on("POST /v1/moderations"):fails(500)
    answer(caller, model, "You are very kind.")
    app:expect_log { text = test.has "moderation", error = test.has "moderation" }
    caller:expect_heard "very kind"
  end)

test.scenario("R43 or blocks, when it is closed", { start = "Strict" },
  function(caller, model, app)
    caller:expect_heard "good morning"
    app.http:on("POST /v1/moderations"):replies({ json = { results = {} } }, { times = 1 })
    caller:expect_no_heard "hello there"
    answer(caller, model, "Hello there.")
    app:expect_guardrail "moderation"
    app:expect_log { error = test.has "no verdict" }
    model:says "Good day to you."
    caller:expect_heard "Good day"
  end)

test.scenario("R43 a silent moderation is late", { start = "Strict" },
  function(caller, model, app)
    caller:expect_heard "good morning"
    app.http:on("POST /v1/moderations"):stalls { times = 1 }
    answer(caller, model, "Hello there.")
    app:expect_guardrail("moderation", { within = "3s" })
    app:expect_log { error = test.has "moderation" }
    model:says "Good day to you."
    caller:expect_heard "Good day"
  end)

test.scenario("R44 what callers say is moderated", { start = "Listener" },
  function(caller, model, app)
    caller:says "I will murder you."
    app:expect_guardrail("moderation", { on = "input", info = { categories = { "violence" } } })
    model:says "I cannot talk about that."
    caller:expect_heard "cannot talk about that"
  end)

for _, row in ipairs {
  { "His card is 4111 1111 1111 1111.", "card" },
  { "For order 7 it is 4111-1111-1111-1111.", "card" },
  { "Write to sam.latif+x@mail.example.org.", "email" },
  { "Call +44 20 7946 0958 tomorrow.", "phone" }, { "Call (020) 7946 0958.", "phone" },
  { "Try 555-123-4567.", "phone" },
} do
  test.scenario("R42 personal data is not read out: " .. row[1], { start = "Discreet" },
    function(caller, model, app)
      caller:expect_no_heard(row[1]:sub(-9))
      answer(caller, model, row[1])
      app:expect_guardrail("personal_data", { info = { [row[2]] = 1 } })
      caller:expect_heard "I do not read that out"
    end)
end

test.scenario("R42 numbers that are none are read out", { start = "Discreet" },
  function(caller, model)
    answer(caller, model, "Order 4111 1111 1111 1112 of 2026-01-05 costs 1 200 pounds at 10:30.")
    caller:expect_heard("costs 1 200", { within = "8s" })
  end)

test.scenario("R45 personal data is replaced in what a tool is given and gives",
  { start = "Discreet" }, function(caller, model, app)
    caller:says "Note this."
    model:calls("note_down", { words = "Sam, 020 7946 0958, sam@example.org",
      more = { "and 4111111111111111", "tea" } })
    app:expect_state { noted = { words = "Sam, [hidden], [hidden]",
      more = { "and [hidden]", "tea" } } }
    app:expect_tool("note_down", { output = test.matches "is %[card%], order 4111111111111112" })
    model:says "Noted."
  end)

test.scenario("R45 a pattern blocks what a tool gives", { start = "Discreet" },
  function(caller, model, app)
    caller:says "Note this."
    model:calls("note_down", { words = "open it" })
    app:expect_guardrail("patterns", { on = "tool_output", info = { pattern = "^secret" } })
    app:expect_tool("note_down", { output = "That note is locked." })
    model:says "It is locked."
  end)

test.scenario("R40 a pattern stops an answer", { start = "Local" }, function(caller, model, app)
  answer(caller, model, "That will be 20 pounds.")
  app:expect_guardrail("patterns", { info = { pattern = "%d+%s+pounds" } })
  model:says "The price is in the letter."
  caller:expect_heard "in the letter"
end)

for _, row in ipairs {
  { "de", "Ich habe das nicht verstanden, können Sie es noch einmal sagen?" },
  { "es", "Lo siento, no puedo decir eso por el momento, pero con gusto." },
  { "fr", "Je ne suis pas sûr de ce que vous voulez dire, mais je regarde." },
  { "cyrillic", "Извините, я вас не понимаю." },
  { "kana", "申し訳ございませんが、わかりません。" },
} do
  test.scenario("R40 another language is noticed: " .. row[1], { start = "Local" },
    function(caller, model, app)
      answer(caller, model, row[2])
      app:expect_guardrail("language", { info = { found = row[1] } })
      model:expect("response.create", { response = { instructions = test.has "English only" } })
      model:says "I am sorry about that."
      caller:expect_heard("sorry about that", { within = "8s" })
    end)
end

for _, words in ipairs { "Sí.", "Señor José García de la Cruz is here for you, and he is late.",
  "The café in the Rue de la Paix is not open on Sunday, I am afraid.", "42" } do
  test.scenario("R40 names and short answers are no other language: " .. words,
    { start = "Local" }, function(caller, model)
      answer(caller, model, words)
      caller:expect_heard(words:sub(-6), { within = "8s" })
    end)
end

test.scenario("R44 of several languages each will do", { start = "Listener" },
  function(caller, model, app)
    caller:says "申し訳ございませんが、わかりません。"
    model:says "Thank you."
    caller:expect_heard "Thank you"
    caller:says "Ich habe das nicht verstanden, können Sie es noch einmal sagen?"
    app:expect_guardrail("tongue", { on = "input", info = { found = "de" } })
    model:says "English or Japanese, please."
    caller:expect_heard "English or Japanese"
  end)
