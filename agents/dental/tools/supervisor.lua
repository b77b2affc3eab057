-- supervisor.lua - the second tier: a text model that thinks, with the functions of the practice.
-- The voices have it as one tool, so what they are told at each call's opening stays short.
local myna = require "myna"
local clinic = require "tools.clinic"
local s = myna.schema

local supervisor = myna.text_agent {
  name = "Supervisor",
  model = myna.env("SUPERVISOR_MODEL", "gpt-4.1"),
  instructions = myna.file "prompts/supervisor.md",
  tools = function() -- 49; a call that asks nothing of it does not open them
    return {
      require "tools.patients", require "tools.record", require "tools.visits",
      require "tools.reminders", require "tools.invoices".list_invoices, require "tools.money",
      require "tools.care", require "tools.house",
    }
  end,
  max_turns = 8, timeout = "20s",
}

-- How things stand at the practice, fresh to half a minute, before what is asked. When the records
-- do not answer it is asked without: their tools then say so.
local function input(args)
  local items = { { role = "user", content = args.request } }
  local res = clinic:get("/office/context", { cache = "30s", timeout = "2s" })
  if res.ok then
    table.insert(items, 1, { role = "system", content = "The practice just now: " .. res.body })
  end
  return items
end

return supervisor:as_tool {
  name = "ask_supervisor",
  description = "Whatever else the practice can do for a caller: book, move, cancel; prices, "
    .. "insurance, prescriptions, letters. Say a few words before.",
  parameters = {
    request = s.string("What the caller wants, with every detail they gave",
      { min_length = 1, max_length = 2000 }),
  },
  input = input, history = { last = 24 }, timeout = "40s",
  filler = { say = "One moment please, let me look that up for you.", after = "1500ms",
    every = "8s", max = 3 },
  on_error = function()
    return "The supervisor cannot be reached. Offer that the practice calls back."
  end,
}
