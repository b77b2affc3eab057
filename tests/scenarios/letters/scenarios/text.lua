-- text.lua - guardrails on answers that are written.
local test = require "myna.test"

test.scenario("R42 written words are held as spoken ones are", function(caller, model, app)
  caller:types "Does it work?"
  model:says "It works very well, and I guarantee it."
  app:expect_guardrail "words"
  caller:expect_no_event("response.output_text.delta", { delta = test.has "guarantee" })
  caller:expect_no_event("response.output_text.done", { text = test.has "guarantee" })
  caller:expect_event("response.done", { response = { status = "incomplete",
    status_details = { reason = "content_filter" } } })
  caller:expect_event("response.output_text.done", { text = "I cannot promise that." })
end)

test.scenario("R42 written words that pass are all told", function(caller, model)
  caller:types "Does it work?"
  model:says "It works very well."
  caller:expect_event("response.output_text.delta", { delta = test.has "It" })
  caller:expect_event("response.output_text.done", { text = "It works very well." })
  caller:expect_event("response.done", { response = { status = "completed" } })
end)
