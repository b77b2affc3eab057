-- leads.lua - saved, scored, mailed, in that order, once, and only with a yes.
local test = require "myna.test"

local draft = { name = "Rosa Nuñez", email = "Rosa@Nunez.example", phone = "212 555 0143",
  productType = "dscr", consentGiven = true }
local good = { state = { deal = { dscr = 1.55, loan = 150000 } } }

test.scenario("a lead is saved, scored, and has the offer in the mail", good,
  function(caller, model, app)
    caller:says "Yes, keep that, and write to me."
    model:calls("saveLead", { leadDraft = draft })
    app:expect_tool("saveLead", { output = { leadId = "rec_1", status = "created" } })
    model:calls("scoreLead", { leadId = "rec_1" })
    app:expect_tool("scoreLead", { output = { score = 100, disposition = "qualified",
      mailed = true, offer = { maxLtvPercent = 80, rateFromPercent = 6.5 } } })
    app:expect_mail { to = "rosa@nunez.example", subject = "Your indicative terms",
      text = "80 per cent" }
    model:says "Your indicative terms are in your mail, Rosa."
    caller:says "And now?"
    model:calls("scheduleCall", { leadId = "rec_1" })
    app:expect_tool("scheduleCall", { output = { message = "Scheduling link ready",
      meetingUrl = test.matches "lead=rec_1$" } })
    model:says "I have a link for a call with an advisor."
    caller:expect_heard "advisor"
  end)

test.scenario("a screen is given the link to show", { caller = { events = "myna" } },
  function(caller, model, app)
    caller:says "Yes, keep it. When can we talk?"
    model:calls("saveLead", { leadDraft = draft })
    model:calls("scheduleCall", { leadId = "rec_1" })
    caller:expect_event("scheduling_link", { url = test.matches "lead=rec_1$" })
    app:expect_tool "scheduleCall"
    model:says "You have the link on your screen."
    caller:expect_heard "on your screen"
  end)

test.scenario("without a yes nothing is kept, and help goes on", function(caller, model, app)
  local no = { name = draft.name, email = draft.email, phone = draft.phone, productType = "dscr",
    consentGiven = false }
  caller:says "I would rather not be written to."
  model:calls("saveLead", { leadDraft = no })
  app:expect_tool("saveLead", { output = test.has "Nothing was saved" })
  model:calls("scoreLead", { leadId = "rec_1" })
  app:expect_tool("scoreLead", { output = test.has "no such lead" })
  model:calls("scheduleCall", { leadId = "rec_1" })
  app:expect_tool("scheduleCall", { output = test.has "no such lead" })
  app:expect_no_mail {}
  model:says "That is fine. What else would you like to know?"
  caller:expect_heard "That is fine"
end)

test.scenario("an e-mail that is none goes back", { tags = { "error" } },
  function(caller, model, app)
    for _, email in ipairs { "rosa at nunez", "rosa@nunez", "a@b.c,d@e.f", "a@b.c\nBcc: x@y.z" } do
      app:runs("saveLead", { leadDraft = { name = "Rosa", email = email, phone = "212 555 0143",
        productType = "dscr", consentGiven = true } })
      app:expect_tool("saveLead", { output = test.has "not accepted" })
    end
    caller:says "Hello?"
    model:says "Could you spell your address for me?"
    caller:expect_heard "spell"
  end)

test.scenario("a caller who is known is not kept twice, nor written to twice", good,
  function(caller, model, app)
    caller:says "Yes, please."
    model:calls("saveLead", { leadDraft = draft })
    model:calls("scoreLead", { leadId = "rec_1" })
    app:expect_mail { to = "rosa@nunez.example" }
    model:says "It is on its way."
    caller:says "Did you save it? Save it again."
    model:calls("saveLead", { leadDraft = draft })
    app:expect_tool("saveLead", { output = { leadId = "rec_1", status = "known" } })
    model:calls("scoreLead", { leadId = "rec_1" })
    app:expect_tool("scoreLead", { output = { disposition = "qualified" } })
    app:expect_no_mail {}
    model:says "It was saved, and the mail is on its way."
    caller:expect_heard "on its way"
  end)

test.scenario("a deal that does not carry itself is not offered terms",
  { state = { deal = { dscr = 0.92, loan = 240000 } } }, function(caller, model, app)
    caller:says "Yes, keep it."
    model:calls("saveLead", { leadDraft = draft })
    model:calls("scoreLead", { leadId = "rec_1" })
    app:expect_tool("scoreLead", { output = { score = 55, disposition = "review" } })
    app:expect_no_mail {}
    model:says "With a little more down it would work."
    caller:expect_heard "little more down"
  end)

test.scenario("a mail that cannot go is said, and the lead stays", good,
  function(caller, model, app)
    app.mail:refuses "550"
    caller:says "Yes, please."
    model:calls("saveLead", { leadDraft = draft })
    model:calls("scoreLead", { leadId = "rec_1" })
    app:expect_tool("scoreLead", { output = { disposition = "qualified" } })
    app:expect_log { level = "warn" }
    model:says "Your terms are on their way."
    caller:expect_heard "on their way"
  end)

test.scenario("a caller who hangs up before a word of thanks still has the mail", good,
  function(caller, model, app)
    caller:says "Yes, please. I have to run."
    model:calls("saveLead", { leadDraft = draft })
    model:calls("scoreLead", { leadId = "rec_1" })
    app:expect_mail { to = "rosa@nunez.example" }
    caller:hangs_up()
    caller:expect_hung_up()
  end)
