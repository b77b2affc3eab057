--- myna.mail { to, subject, text }: a mail, which goes whatever becomes of the call.
local fields = require "myna.fields"
local kinds = require "myna.kinds"
local secrets = require "myna.secret"

local M = {}

local function is_text(value)
  return type(value) == "string" or kinds.of(value) == "secret"
end

local function text(value)
  if is_text(value) then return value end
  return nil, "expected a string, got " .. kinds.describe(value)
end

--- One address or a list of them, as a list.
local function addresses(value)
  if is_text(value) then return { value } end
  if type(value) ~= "table" or kinds.of(value) then
    return nil, "expected an address or a list of them, got " .. kinds.describe(value)
  end
  for key, one in pairs(value) do
    if math.type(key) ~= "integer" then return nil, "expected a list of addresses" end
    if not is_text(one) then
      return nil, "expected a list of addresses, and one is " .. kinds.describe(one)
    end
  end
  return value
end

local rules = {
  to = { addresses, required = true }, cc = { addresses }, reply_to = { text },
  subject = { text, required = true }, text = { text }, html = { text },
  wait = { "boolean" },
}

--- The same with each text as f makes it.
local function each(mail, f)
  local out = {}
  for name, value in pairs(mail) do
    if type(value) == "table" and not kinds.of(value) then
      out[name] = {}
      for i, one in ipairs(value) do out[name][i] = f(one) end
    elseif name ~= "wait" then
      out[name] = f(value)
    end
  end
  return out
end

--- true once it is on its way, or with wait once it was sent; or nil and why not.
function M.send(spec)
  if native.loading() then
    error(native.place "myna.mail cannot be used while a file is loading", 0)
  end
  local mail = fields.check("myna.mail", spec, rules)
  if mail.text == nil and mail.html == nil then
    error(native.place "myna.mail: 'text' is missing", 0)
  end
  local asked = each(mail, secrets.open)
  local shown = each(mail, tostring)
  shown.to = #shown.to == 1 and shown.to[1] or native.array(shown.to)
  asked.shown = native.encode(shown, "mail")
  return native.mail(asked, mail.wait)
end

return M
