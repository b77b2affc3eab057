--- What a text agent is asked with, of a call: the conversation so far, and what is asked. As items
--- of the API.
local kinds = require "myna.kinds"
local share = require "myna.share"

local M = {}

--- Whether there is something to tell of it: words, or a call with its output. A handoff or a call
--- that has no output yet is none of the text agent's matter.
local function is_told(item)
  if item.type == "function_call" then return type(item.output) == "string" end
  return (item.type or "message") == "message" and item.text ~= nil and item.text ~= ""
end

--- What was said stands as it was heard.
local function add_item(out, item)
  if item.type ~= "function_call" then
    out[#out + 1] = { role = item.role, content = item.text }
    return
  end
  out[#out + 1] = { type = "function_call", call_id = item.call_id, name = item.name,
    arguments = item.arguments }
  out[#out + 1] = { type = "function_call_output", call_id = item.call_id, output = item.output }
end

local function history_of(history, ctx)
  local items, told = history == "none" and {} or share.known(), {}
  if type(history) == "function" then
    items = history(items, ctx)
    if type(items) ~= "table" or kinds.of(items) then
      error("history: expected a list of items, got " .. kinds.describe(items), 0)
    end
  end
  for _, item in ipairs(items) do
    if is_told(item) then told[#told + 1] = item end
  end
  local last = type(history) == "table" and history.last or #told
  return table.move(told, math.max(1, #told - last + 1), #told, 1, {})
end

--- What is asked: what input(args, ctx) gives, else the arguments.
local function add_asked(out, input, args, ctx)
  local asked = args
  if input then asked = input(args, ctx) end
  if not input and type(args.input) == "string" and next(args, next(args)) == nil then
    asked = args.input
  end
  if type(asked) == "string" then
    out[#out + 1] = { role = "user", content = asked }
  elseif not input then
    if next(args) then out[#out + 1] = { role = "user", content = native.encode(args, "args") } end
  elseif type(asked) == "table" and not kinds.of(asked) then
    table.move(asked, 1, #asked, #out + 1, out)
  elseif asked ~= nil then
    error("input: expected words or a list of items, got " .. kinds.describe(asked), 0)
  end
end

function M.make(history, input, args, ctx)
  local out = {}
  for _, item in ipairs(history_of(history, ctx)) do add_item(out, item) end
  add_asked(out, input, args, ctx)
  return out
end

return M
