-- leads.lua - who wants to go on: kept with their consent, scored, written to, given a link.
local myna = require "myna"
local score = require "tools.score"
local s = myna.schema

local leads = myna.store "leads"
local schedule_url = myna.env("SCHEDULE_URL", "https://loans.example/meet")
local desk = myna.env("LOANS_DESK", "desk@loans.example")

local saveLead = myna.tool {
  name = "saveLead",
  description = "Save lead to database after getting consent",
  parameters = { leadDraft = s.object("Who, and what for", {
    name = s.string("Full name", { min_length = 2, max_length = 120 }),
    email = s.string("E-mail", { pattern = "^[^@\\s,;<>]+@[^@\\s,;<>]+\\.[^@\\s,;<>]+$",
      max_length = 200 }),
    phone = s.string("Telephone number", { min_length = 7, max_length = 30 }),
    productType = s.enum("Which loan", { "dscr", "hard_money", "fix_flip", "portfolio" }),
    consentGiven = s.boolean "Whether they said yes to being kept and written to",
  }) },
  execute = function(args, ctx)
    local draft = args.leadDraft
    if not draft.consentGiven then
      return myna.fail "Nothing was saved: they have not said yes. Ask, or go on without."
    end
    local email = draft.email:lower()
    local known = leads:find({ email = email, productType = draft.productType }, { limit = 1 })
    if known and known[1] then return { leadId = known[1].id, status = "known" } end
    local lead, why = leads:add { name = draft.name, email = email, phone = draft.phone,
      productType = draft.productType, consentGiven = true, channel = "voice_chat",
      deal = ctx.state.deal, status = "new" }
    if not lead then return myna.fail("I could not write that down just now.", why) end
    return { leadId = lead.id, status = "created" }
  end,
}

-- The offer, to them, and a line to the desk. It goes whatever becomes of the call.
local function write_to(lead, result)
  local offer = result.offer
  return myna.mail {
    to = lead.email, reply_to = desk, subject = "Your indicative terms",
    text = ("Hello %s,\n\nthank you for your call. For a loan of this kind we lend up to %d per"
      .. " cent of the price, at %.2f to %.2f per cent a year. These figures are indicative; an"
      .. " underwriter decides.\n\nPick a time to talk: %s?lead=%s\n\nCap\n"):format(lead.name,
      offer.maxLtvPercent, offer.rateFromPercent, offer.rateToPercent, schedule_url, lead.id),
  }
end

local scoreLead = myna.tool {
  name = "scoreLead",
  description = "Score lead and generate offer (auto-called after saveLead)",
  parameters = { leadId = s.string "Which lead, from saveLead" },
  execute = function(args, ctx)
    local lead = leads:get(args.leadId)
    if not lead then return myna.fail "There is no such lead. Save it first." end
    local result = score(lead, ctx.state.deal or lead.deal)
    if result.offer and leads:incr(lead.id, "offers") == 1 then -- asked twice, written to once
      local sent, why = write_to(lead, result)
      if not sent then ctx.log:warn("no mail to a lead", { lead = lead.id, error = why }) end
      result.mailed = sent and true or false
    end
    local kept = leads:get(args.leadId) or lead
    kept.score, kept.disposition, kept.status = result.score, result.disposition, "scored"
    leads:set(kept.id, kept)
    return result
  end,
}

local scheduleCall = myna.tool {
  name = "scheduleCall",
  description = "Provide scheduling link",
  parameters = { leadId = s.string "Which lead" },
  execute = function(args, ctx)
    if not leads:get(args.leadId) then return myna.fail "There is no such lead. Save it first." end
    local link = schedule_url .. "?lead=" .. args.leadId
    ctx:send { type = "scheduling_link", url = link } -- a screen can show it; a telephone cannot
    return { meetingUrl = link, message = "Scheduling link ready" }
  end,
}

return { saveLead, scoreLead, scheduleCall }
