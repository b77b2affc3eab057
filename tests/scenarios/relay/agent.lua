-- agent.lua - agents who hand over to each other: with all of the history, some of it, or none.
local myna = require "myna"
local s = myna.schema

--- The words alone, and what was looked up in one line.
local function summary(items)
  local out = {}
  for _, item in ipairs(items) do
    if item.type == "function_call" and item.output then
      out[#out + 1] = { role = "system", text = "Known: " .. item.output }
    elseif item.type == "message" then
      out[#out + 1] = item
    end
  end
  return out
end

local look_up = myna.tool { name = "look_up", description = "Look the caller up.",
  execute = function(_, ctx)
    myna.sleep "20ms" -- the response that asked is over by then
    ctx.state.known = true
    return "Sam"
  end }
local forward = myna.tool { name = "forward", description = "Move the call by script.",
  parameters = { to = s.string "To whom" },
  execute = function(args, ctx)
    local ok, why = ctx:handoff(args.to, { history = { last = 1 }, say = "By script." })
    return ok and "moving" or why
  end }
local brief = myna.tool { name = "brief", description = "Give the third desk its topic.",
  execute = function(_, ctx)
    ctx:handoff("Third Desk", { input = { topic = "parking" }, reply = false })
    return "moving"
  end }
local tidy = myna.tool { name = "tidy", description = "Edit the history.",
  execute = function(_, ctx)
    local first = ctx.history:items { kinds = { "message" } }[1]
    ctx.history:delete(first.id)
    ctx.history:insert { role = "system", text = "The caller is Sam." }
    ctx.state.dump = ctx.history:dump()
    return ctx.history:text { last = 1 }
  end }
local pay = myna.tool { name = "pay", description = "Pay.",
  is_enabled = function(ctx) return ctx.state.known end, execute = function() return "paid" end }

local ping = myna.agent { name = "Ping", instructions = "You are Ping.",
  tools = { look_up, forward, brief, tidy },
  handoffs = { "Pong",
    myna.handoff { agent = "Third Desk", input = { topic = s.string "What it is about" },
      on_handoff = function(input, ctx) ctx.state.topic = input.topic end },
    myna.handoff { agent = "Blank", history = "none", say = "Blank here." },
    myna.handoff { agent = "Blank", tool_name = "summed_up", history = summary },
    myna.handoff { agent = "Blank", tool_name = "broken",
      history = function() error "no summary" end } } }
local pong = myna.agent { name = "Pong", instructions = "You are Pong.", handoffs = { "Ping" } }
local third = myna.agent { name = "Third Desk", instructions = "You know {{ctx.state.topic}}.",
  on_enter = function(ctx) ctx.state.entered = true end }
local blank = myna.agent { name = "Blank", tools = { look_up, pay },
  instructions = function(ctx)
    return ctx.state.known and "You are Blank. The caller is known." or "You are Blank."
  end }

return myna.app { name = "relay", agent = ping, agents = { pong, third, blank },
  on = { history_added = function(_, ctx) ctx.state.added = (ctx.state.added or 0) + 1 end } }
