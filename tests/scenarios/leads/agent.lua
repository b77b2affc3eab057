-- agent.lua - an agent that keeps what it hears: what calls share, what stays.
local myna = require "myna"
local s = myna.schema

local send_code = myna.tool {
  name = "send_code",
  description = "Send a code to a number.",
  parameters = { number = s.string "Where to" },
  execute = function(args)
    local tries = myna.shared:incr("tries " .. args.number, 1, { ttl = "10m" })
    if tries and tries > 3 then return "Too many tries. Please call again later." end
    return "sent"
  end,
}

local leads = myna.store "leads"

local take_lead = myna.tool {
  name = "take_lead",
  description = "Keep who called, and what they want.",
  parameters = { name = s.string "Who", wants = s.string "What", phone = s.string "Number" },
  execute = function(args)
    local known = leads:find({ phone = args.phone, status = "new" }, { limit = 1 })
    if known and known[1] then return { lead = known[1].id, known = true } end
    local lead, why = leads:add { name = args.name, wants = args.wants, phone = args.phone,
      status = "new", calls = 1 }
    if not lead then return myna.fail("I could not write that down just now.", why) end
    return { lead = lead.id }
  end,
}

local close_lead = myna.tool {
  name = "close_lead",
  description = "A lead has been called back.",
  parameters = { lead = s.string "Which" },
  execute = function(args)
    local lead = leads:get(args.lead)
    if not lead then return "There is no such lead." end
    lead.status = "done"
    leads:set(lead.id, lead)
    return leads:incr(lead.id, "calls")
  end,
}

local list_leads = myna.tool {
  name = "list_leads",
  description = "The newest leads that wait.",
  execute = function()
    return leads:find({ status = "new", calls = { ["<"] = 3 } },
      { order = "-created_at", limit = 5 })
  end,
}

local forget_lead = myna.tool {
  name = "forget_lead",
  description = "A caller wants to be forgotten.",
  parameters = { lead = s.string "Which" },
  execute = function(args) return leads:remove(args.lead) end,
}

local knowledge = myna.index "knowledge/*.md"

local look_up = myna.tool {
  name = "look_up",
  description = "What the company says about a question.",
  parameters = { question = s.string "As the caller asked it" },
  execute = function(args)
    local sections = knowledge:search(args.question, { limit = 2 })
    if not sections or not sections[1] then return "Nothing is written about that." end
    local texts = {}
    for i, section in ipairs(sections) do texts[i] = section.title .. ": " .. section.text end
    return table.concat(texts, "\n")
  end,
}

local rate = myna.tool {
  name = "rate",
  description = "Today's rate, asked for once an hour.",
  execute = function()
    local rate = myna.shared:get "rate"
    if rate == nil then
      rate = myna.http.get("http://rates.test/today"):data().rate
      myna.shared:set("rate", rate, { ttl = "1h" })
    end
    return rate
  end,
}

return myna.agent {
  name = "Desk",
  tools = { send_code, rate, take_lead, close_lead, list_leads, forget_lead, look_up },
}
