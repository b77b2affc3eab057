--- The mail server behind the app, as a scenario has it: every mail is a record, and none is sent.
local hint = require "myna.test.hint"
local look = require "myna.test.look"
local match = require "myna.test.match"
local stage = require "myna.test.stage"

local M = {}

--- expect_mail { to =, cc =, subject =, text =, html =, reply_to =, within, after }. Gives it.
function M.expect(options)
  local fields = look.fields(options)
  return look.expect_record("mail", "a mail with " .. match.show(fields), options,
    function(record) return match.same(fields, record.value) end,
    function(record) return "there was " .. match.show(record.value) end, "there was none").value
end

--- No mail with these fields, from here to the end.
function M.expect_none(fields)
  local from = #stage.lanes.mail
  look.never("no mail", function()
    for i = from + 1, #stage.lanes.mail do
      local record = stage.lanes.mail[i]
      from = i
      if match.same(fields or {}, record.value) then
        return ("there was one at %s, '%s'"):format(look.at(record.at), record.value.subject)
      end
    end
  end)
end

local server = {}

--- The next mail is given up: what an app that waits for it reads.
function server:refuses(why, options)
  native.refuse_mails(why or "the mail server refused it", options and options.times or 1)
end

M.server = hint.party("app.mail", server, {})

return M
