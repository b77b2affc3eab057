-- agent.lua - a voice agent for small talk, and a text model behind it that knows the rules and has
-- the tools.
local myna = require "myna"
local s = myna.schema

local billing = myna.http.client { base_url = "http://127.0.0.1:9100" }

local find_account = myna.tool {
  name = "find_account", description = "Find an account by its number.",
  parameters = { number = s.string "The number" },
  execute = function(args, ctx)
    ctx.state.customer = billing:get("/accounts/" .. args.number):data().name
    return { name = ctx.state.customer, due = 40 }
  end,
}

local find_policy = myna.tool {
  name = "find_policy", description = "Find what the company's rules say.",
  parameters = { about = s.enum("The matter", { "refunds", "roaming" }),
    detail = s.string():optional() },
  input_guardrails = { myna.guardrail { name = "secrets", check = function(call)
    if call.args.detail == "salaries" then return myna.block { say = "That is not told." } end
  end } },
  is_enabled = function(ctx) return not ctx.state.no_policies end,
  execute = function(args, ctx)
    if args.detail == "asleep" then myna.sleep "1m" end
    if args.detail == "broken" then error "the shelf is empty" end
    if args.detail == "early" then ctx:progress "I am still looking it up." end
    return { about = args.about, rule = "within 14 days" }
  end,
  timeout = "5s",
}

local supervisor = myna.text_agent {
  name = "Supervisor", model = "gpt-4.1", max_turns = 4,
  instructions = myna.file "prompts/supervisor.md",
  tools = { find_account, { find_policy } },
}

local clerk = myna.text_agent {
  name = "Clerk", model = "gpt-4.1-mini", timeout = "8s",
  instructions = function(ctx) return "Sort what callers want. Zone " .. ctx.timezone .. "." end,
  output = { kind = s.enum("What they want", { "refund", "other" }),
    amount = s.integer("In pounds", { minimum = 1 }):optional(),
    urgent = s.boolean():default(false) },
}

local sort_request = myna.tool {
  name = "sort_request", description = "Note what the caller wants.",
  parameters = { words = s.string "Their words" }, timeout = "40s",
  execute = function(args, ctx)
    local found, err = clerk:run(args.words, ctx)
    if not found then
      ctx.state.err = { code = err.code, message = err.message, status = err.status }
      return myna.fail("I could not note that.", tostring(err))
    end
    ctx.state.sorted = found
    ctx.state.usage = ctx.usage.text
    return found
  end,
}

local writer = myna.text_agent { name = "Writer", model = "gpt-4.1", tools = { find_policy } }

local draft = myna.tool {
  name = "draft", description = "Write a letter on the caller's screen, as it comes.",
  parameters = { about = s.string "What about" },
  execute = function(args, ctx)
    local text, err = writer:run(args.about, ctx, { on_text = function(words)
      ctx:send { type = "draft", words = words }
    end })
    if not text then return myna.fail("It could not be written.", tostring(err)) end
    ctx.state.letter = text
    return "It is on your screen."
  end,
}

local rails = myna.guardrails

--- What it was given, and what it gives back.
local note_down = myna.tool {
  name = "note_down", description = "Note words, and read another note.",
  parameters = { words = s.string "What to note", more = s.array(s.string()):optional() },
  input_guardrails = { rails.personal_data { replace = "[hidden]" } },
  output_guardrails = { rails.personal_data { kinds = { "card" }, replace = "[card]" },
    rails.patterns { "^secret", say = "That note is locked." } },
  execute = function(args, ctx)
    ctx.state.noted = args
    if args.words == "open it" then return "secret of the house" end
    return "his card is 4111-1111-1111-1111, order 4111111111111112"
  end,
}

local function watched(name, ...)
  return myna.agent { name = name, tools = { note_down }, output_guardrails = { ... } }
end

return myna.app {
  name = "office", timezone = "Europe/London",
  on = {
    agent_tool_start = function(event, ctx)
      if event.text_agent then ctx.state.asked = event.text_agent .. " " .. event.tool end
    end,
    agent_tool_end = function(event, ctx)
      if event.text_agent then ctx.state.told = event.result end
    end,
  },
  greeting = "Larkfone, good morning.",
  agent = myna.agent {
    name = "Robin", instructions = "Small talk is yours; for the rest ask the supervisor.",
    tools = {
      supervisor:as_tool { name = "ask_supervisor", timeout = "20s",
        description = "Ask the supervisor for all that is not small talk.",
        filler = { say = "Let me see.", after = "1s" } },
      supervisor:as_tool { name = "ask_shortly", description = "The same, without the start.",
        history = { last = 1 }, timeout = "2s", parameters = { topic = s.string "The matter" },
        input = function(args) return "In one sentence: " .. args.topic end },
      sort_request, draft,
      writer:as_tool { name = "read_out", description = "The same, told in pieces.",
        history = "none", on_text = function(words, ctx)
          ctx.state.heard = (ctx.state.heard or "") .. "|" .. words
        end },
    },
  },
  agents = {
    watched("Moderated", rails.moderation { every_chars = 40, say = "Let us stay friendly." }),
    watched("Strict", rails.moderation { hold = true, on_error = "closed", timeout = "1s",
      categories = { "violence" }, policy_hint = "be gentle" }),
    watched("Discreet", rails.personal_data { say = "I do not read that out.", hold = true }),
    watched("Local", rails.language { "en", policy_hint = "English only" },
      rails.patterns { "%d+%s+pounds" }),
    myna.agent { name = "Listener", input_guardrails = { rails.moderation(),
      rails.language { "en", "ja", name = "tongue" } } },
  },
}
