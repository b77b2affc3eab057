--- ctx.history: what was said so far, as a list or as a text.
local fields = require "myna.fields"

--- One line an item, as a person reads a conversation.
local function line_of(item)
  local text = item.text or item.transcript
  for _, part in ipairs(not text and type(item.content) == "table" and item.content or {}) do
    text = (text or "") .. (part.text or part.transcript or "")
  end
  if item.type == "handoff" then return ("[%s hands over to %s]"):format(item.from, item.to) end
  if item.type == "function_call" then
    return ("[%s %s]"):format(item.name or "?", item.arguments or "{}")
  end
  if not text or text == "" then return nil end
  return ("%s: %s"):format(item.role == "user" and "caller" or item.agent or item.role or "?", text)
end

local history = {}

local function read_last(options)
  local set = fields.check("ctx.history", options or {}, { last = { "count", default = 0 } })
  return native.history(set.last)
end

function history:items(options)
  return read_last(options)
end

function history:text(options)
  local lines = {}
  for _, item in ipairs(read_last(options)) do lines[#lines + 1] = line_of(item) end
  return table.concat(lines, "\n")
end

return history
