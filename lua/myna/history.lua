--- ctx.history: what was said so far, as a list or as a text; and edits, which the model is told of
--- (R52). An item of a kind that no model knows (a handoff, a guardrail, a change of the session)
--- is part of the list alone.
local fields = require "myna.fields"
local kinds = require "myna.kinds"
local mistakes = require "myna.mistakes"

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
  if item.type == "guardrail" then return ("[guardrail %s: %s]"):format(item.name, text or "") end
  if item.type == "config" then return nil end
  if item.type == "sound" then return ("[plays %s]"):format(item.path) end
  if item.images then text = (text or "") .. (text ~= "" and " " or "") .. "[image]" end
  if not text or text == "" then return nil end
  return ("%s: %s"):format(item.role == "user" and "caller" or item.agent or item.role or "?", text)
end

local history = {}

local types = { message = true, function_call = true, handoff = true, guardrail = true,
  config = true, sound = true }
local roles = { user = true, assistant = true, system = true }

local function read_kinds(value)
  if type(value) ~= "table" then return nil, "expected a list of kinds" end
  local set = {}
  for _, kind in ipairs(value) do
    if not types[kind] then
      return nil, ("there is no kind '%s'%s"):format(tostring(kind),
        mistakes.hint(tostring(kind), types))
    end
    set[kind] = true
  end
  return set
end

local rules = { last = { "count" }, kinds = { read_kinds } }

local function read(options)
  local set = fields.check("ctx.history", options or {}, rules)
  if not set.kinds then return native.history(set.last or 0) end
  local items = {}
  for _, item in ipairs(native.history(0)) do
    if set.kinds[item.type] then items[#items + 1] = item end
  end
  return table.move(items, set.last and math.max(1, #items - set.last + 1) or 1, #items, 1, {})
end

--- What is wrong with the words of a new message, or nil: one without would tell the model nothing.
local function fault_of_words(item)
  if item.text == nil and (type(item.content) == "table" or item.images) then return end
  if type(item.text) ~= "string" or item.text == "" then
    return "a message needs its text, got "
      .. (item.text == "" and "an empty string" or kinds.describe(item.text))
  end
end

--- What is wrong with an item, or nil.
local function fault(item)
  if type(item) ~= "table" or kinds.of(item) then
    return "expected an item, got " .. kinds.describe(item)
  end
  local type_name = item.type or "message"
  if not types[type_name] then
    return ("there is no type '%s'%s"):format(tostring(type_name),
      mistakes.hint(tostring(type_name), types))
  end
  if type_name == "message" and not item.id and not roles[item.role] then
    return "expected the role 'user', 'assistant' or 'system', got " .. kinds.describe(item.role)
  end
  if type_name == "message" and not item.id then return fault_of_words(item) end
  if type_name == "function_call" and not (item.name and item.call_id) then
    return "a function_call needs its name and call_id"
  end
end

local function put(method, items)
  for i, item in ipairs(items) do
    local what = fault(item)
    if what then error(("ctx.history:%s: item %d: %s"):format(method, i, what), 3) end
  end
  local ok, why = native.order("history", native.encode(native.array(items), "history"))
  if not ok then error(("ctx.history:%s: %s"):format(method, why), 3) end
  return true
end

local function place_of(items, id)
  for i, item in ipairs(items) do
    if item.id == id then return i end
  end
end

--- The items, oldest first: { last = 10, kinds = { "message" } }.
function history:items(options) return read(options) end

function history:text(options)
  local lines = {}
  for _, item in ipairs(read(options)) do lines[#lines + 1] = line_of(item) end
  return table.concat(lines, "\n")
end

--- The history shall be these items: a list, or function(items) giving one.
function history:replace(items)
  if type(items) == "function" then items = items(native.history(0)) end
  if type(items) ~= "table" or kinds.of(items) then
    error("ctx.history:replace: expected a list of items, got " .. kinds.describe(items), 2)
  end
  return put("replace", items)
end

--- Takes an item out. False when there is none with that id.
function history:delete(id)
  local items = native.history(0)
  local place = place_of(items, id)
  if not place then return false end
  table.remove(items, place)
  return put("delete", items)
end

--- Puts an item in, behind the one with that id, else at the end.
function history:insert(item, after)
  local items = native.history(0)
  local place = after == nil and #items or place_of(items, after)
  if not place then
    error(("ctx.history:insert: there is no item '%s'"):format(tostring(after)), 2)
  end
  table.insert(items, place + 1, item)
  return put("insert", items)
end

--- All of it, as JSON.
function history:dump() return native.encode(native.array(native.history(0)), "history") end

--- The history shall be what dump gave, in this call or another.
function history:load(json)
  if type(json) ~= "string" then
    error("ctx.history:load: expected what dump gave, got " .. kinds.describe(json), 2)
  end
  local items, why = native.decode(json)
  if type(items) ~= "table" then
    error("ctx.history:load: " .. (why or "expected a list of items"), 2)
  end
  return put("load", items)
end

return history
