-- record.lua - the patient's own record, and those of the children for whom they answer.
local myna = require "myna"
local clinic = require "tools.clinic"
local rows = require "tools.rows"
local tries = require "tools.tries"
local s = myna.schema

local phone = s.string("Telephone number", { min_length = 6, max_length = 30 })
local email = s.string("Email address", { pattern = "^[^@ ]+@[^@ ]+$", max_length = 200 })

local most_new = 4 -- of a call: a family

local register_patient = myna.tool {
  name = "register_patient",
  description = "Make a record for somebody new, once name, birth date and number were confirmed.",
  parameters = {
    name = s.string("Full name", { min_length = 2, max_length = 200 }),
    born = s.date "Date of birth", phone = phone, email = email:optional(),
  },
  execute = function(args, ctx)
    if (ctx.state.registered or 0) >= most_new then
      return myna.fail "So many are registered by the practice itself. A message can be left."
    end
    local is_no_miss = tries(ctx)
    local res = clinic:post("/patients", { json = args })
    if res.status ~= 409 then is_no_miss() end -- else a birth date was guessed, well or not
    ctx.state.patient = res:data()
    ctx.state.registered = (ctx.state.registered or 0) + 1
    return { registered = true, name = ctx.state.patient.name }
  end,
}

local open_child_record = myna.tool {
  name = "open_child_record",
  description = "Go on with the record of a child of the open patient, from list_family.",
  parameters = { child = s.integer "The child's id" },
  execute = function(args, ctx)
    local parent = ctx.state.patient or error(myna.fail "First the parent's own record is needed.")
    local path = ("/patients/%d/family/%d"):format(parent.id, args.child)
    ctx.state.patient, ctx.state.parent = clinic:get(path):data(), parent.name
    return { open = ctx.state.patient.name, born = ctx.state.patient.born }
  end,
}

return { register_patient, open_child_record, rows {
  { "get_record", "Number, addresses and reminders of the open record.",
    "GET /patients/{patient}" },
  { "update_contact", "Change number, email or postal address, read back and confirmed.",
    "PATCH /patients/{patient}",
    { phone = phone:optional(), email = email:optional(),
      address = s.string("Postal address", { max_length = 300 }):optional() } },
  { "set_reminders", "How the patient is reminded of visits.",
    "PUT /patients/{patient}/reminders",
    { by = s.enum("By what", { "sms", "email", "none" }) } },
  { "list_family", "The children for whom the open patient answers.",
    "GET /patients/{patient}/family" },
} }
