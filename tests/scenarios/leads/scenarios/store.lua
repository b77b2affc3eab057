-- store.lua - what is kept: added, found, changed, forgotten.
local test = require "myna.test"

local sam = { name = "Sam", wants = "a boiler", phone = "0113 1" }
local ann = { name = "Ann", wants = "a tap", phone = "0113 2" }

test.scenario("a lead is kept while the talk goes on", { at = "2026-11-20 09:00" },
  function(caller, model, app)
    caller:says "It is Sam, about a boiler."
    model:calls("take_lead", sam)
    app:expect_tool("take_lead", { output = { lead = "rec_1" }, within = "1s" })
    model:says "I have that, Sam."
    caller:expect_heard "I have that"
    caller:waits "1m"
    local kept = app:runs("list_leads")[1]
    assert(kept.name == "Sam" and kept.id == "rec_1" and kept.status == "new")
    assert(kept.created_at >= 1795165200 and kept.created_at < 1795165260, kept.created_at)
  end)

test.scenario("each scenario begins with an empty store, and ids that count",
  function(_, _, app)
    assert(#app:runs "list_leads" == 0)
    assert(app:runs("take_lead", sam).lead == "rec_1")
    assert(app:runs("take_lead", ann).lead == "rec_2")
    local again = app:runs("take_lead", sam)
    assert(again.lead == "rec_1" and again.known)
  end)

test.scenario("the newest lead comes first, and what is done no more", function(caller, _, app)
  app:runs("take_lead", sam)
  caller:waits "2s"
  app:runs("take_lead", ann)
  local waiting = app:runs "list_leads"
  assert(waiting[1].name == "Ann" and waiting[2].name == "Sam" and #waiting == 2)
  assert(app:runs("close_lead", { lead = "rec_2" }) == 2)
  waiting = app:runs "list_leads"
  assert(waiting[1].name == "Sam" and #waiting == 1)
  assert(app:runs("close_lead", { lead = "rec_9" }) == "There is no such lead.")
end)

test.scenario("what is forgotten is gone", function(_, _, app)
  app:runs("take_lead", sam)
  assert(app:runs("forget_lead", { lead = "rec_1" }) == true)
  assert(app:runs("forget_lead", { lead = "rec_1" }) == false)
  assert(#app:runs "list_leads" == 0)
end)
