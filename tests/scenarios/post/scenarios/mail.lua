-- mail.lua - mails an agent sends: looked at, refused, bounded.
local test = require "myna.test"

test.scenario("the owner is told, and the secret address stays one", function(caller, model, app)
  caller:says "I need a plumber. I am Zoë."
  model:calls("tell_owner", { name = "Zoë", wants = "A plumber." })
  app:expect_tool("tell_owner", { output = "read it today", within = "1s" })
  app:expect_mail { to = "secret:OWNER_MAIL", subject = "Zoë called", text = "A plumber." }
  model:says "The owner will call you."
  caller:expect_heard "The owner"
end)

test.scenario("the last word of a call is mailed", function(caller, model, app)
  caller:says "Tell them."
  model:calls("tell_owner", { name = "Sam", wants = "Help." })
  app:expect_tool("tell_owner", { output = "read it today" })
  caller:hangs_up()
  app:expect_mail { subject = "Sam hung up", text = "the caller left" }
end)

test.scenario("who waits knows that it went", function(_, _, app)
  assert(app:runs("confirm", { to = "Sam Hill <sam@home.test>", subject = "Tuesday" })
    == "It is on its way.")
  app:expect_mail { to = "Sam Hill <sam@home.test>", cc = { "desk@shop.test" },
    reply_to = "desk@shop.test", subject = "Tuesday", html = "As we said" }
end)

test.scenario("who waits knows that it did not", function(_, _, app)
  app.mail:refuses "RCPT failed: 550"
  assert(app:runs("confirm", { to = "sam@home.test", subject = "Tuesday" })
    == "I could not send that.")
  app:expect_log { text = "a mail was given up", level = "warn", error = "RCPT failed: 550" }
  assert(app:runs("confirm", { to = "sam@home.test", subject = "Tuesday" })
    == "It is on its way.")
end)

test.scenario("no header can be slipped in", function(_, _, app)
  app:expect_no_mail()
  local refused = "I could not send that."
  assert(app:runs("confirm", { to = "sam@home.test", subject = "Hi\r\nBcc: all@home.test" })
    == refused)
  app:expect_log { text = "a mail was refused", error = "subject: a line break; it is one line" }
  assert(app:runs("confirm", { to = "sam@home.test\nBcc: all@home.test", subject = "Hi" })
    == refused)
  app:expect_log { text = "a mail was refused", error = "to: a line break in an address" }
  assert(app:runs("confirm", { to = "sam at home", subject = "Hi" }) == refused)
  app:expect_log { error = "to: expected an address such as sam@example.com" }
end)

test.scenario("a call sends twenty mails, and no more", function(_, _, app)
  assert(app:runs("flood", { count = 20 }) == "done")
  app:expect_mail { subject = "mail 20" }
  app:expect_no_mail()
  app:runs("flood", { count = 1 })
  app:expect_log { error = test.has "over 20 mails in one call (script-mails)" }
end)
