--- What is expected against what is there: a string is contained, case and punctuation aside; a
--- table matches by subset; a matcher says more.
local hint = require "myna.test.hint"

local M = {}
local matcher = {}

local function make(name, check, ...)
  local parts = table.pack(...)
  for i = 1, parts.n do parts[i] = M.show(parts[i]) end
  return setmetatable({ check = check, name = ("%s(%s)"):format(name, table.concat(parts, ", ")) },
    matcher)
end

local function is_matcher(value) return getmetatable(value) == matcher end

--- A value as a person reads it, in one line of a bounded length.
function M.show(value, depth)
  if is_matcher(value) then return value.name end
  if type(value) == "string" then return M.quote(value) end
  if type(value) ~= "table" then return value == native.null and "null" or tostring(value) end
  if (depth or 0) > 3 then return "{...}" end
  local parts = {}
  for _, key in ipairs(hint.sorted(value)) do
    local text = M.show(value[key], (depth or 0) + 1)
    parts[#parts + 1] = math.type(key) and text or ("%s = %s"):format(key, text)
  end
  return M.short(("{ %s }"):format(table.concat(parts, ", ")))
end

function M.short(text)
  if #text <= 200 then return text end
  return text:sub(1, 197):gsub("[\x80-\xff]*$", "") .. "..."
end

function M.quote(text)
  return '"' .. M.short(text):gsub('[%c"\\]', { ['"'] = '\\"', ["\\"] = "\\\\", ["\n"] = "\\n" })
    .. '"'
end

--- Lower case, with single spaces for marks: what two people would call the same words.
function M.plain(text)
  return (text:lower():gsub("[%p%s]+", " "):gsub("^ ", ""))
end

local function text_of(value)
  if type(value) == "string" then return value end
  if type(value) == "table" then return native.encode(value) end
  return value ~= nil and tostring(value) or ""
end

--- Where needle ends and begins in the plain text, searching from init; nil when it is not in it.
function M.find(plain, needle, init)
  local wanted = M.plain(needle):gsub(" $", "")
  local from, to = plain:find(wanted, init or 1, true)
  return to, from
end

local function contains(text, needle)
  if not M.plain(needle):find "%w" then return text:find(needle, 1, true) ~= nil end
  return M.find(M.plain(text), needle) ~= nil
end

function M.has(words)
  return make("has", function(value) return contains(text_of(value), words) end, words)
end

function M.starts(words)
  local wanted = M.plain(words):gsub(" $", "")
  return make("starts", function(value)
    return type(value) == "string" and M.plain(value):sub(1, #wanted) == wanted
  end, words)
end

function M.matches(pattern)
  return make("matches", function(value) return text_of(value):find(pattern) ~= nil end, pattern)
end

function M.near(number, tolerance)
  return make("near", function(value)
    return type(value) == "number" and math.abs(value - number) <= tolerance
  end, number, tolerance)
end

function M.below(number)
  return make("below", function(value) return type(value) == "number" and value < number end,
    number)
end

M.any = make("any", function(value) return value ~= nil end)

local function is_in_order(list, value)
  local at = 1
  if type(value) == "table" then
    for _, inner in ipairs(value) do
      if list[at] ~= nil and M.same(list[at], inner) then at = at + 1 end
    end
    return at > #list
  end
  local plain = M.plain(text_of(value))
  for _, words in ipairs(list) do
    local to = M.find(plain, words, at)
    if not to then return false end
    at = to + 1
  end
  return true
end

--- A text that holds these words, or a list that holds these values, one after the other.
function M.in_order(list)
  return make("in_order", function(value) return is_in_order(list, value) end, list)
end

local same_table

--- Whether actual is as expected; else false and what differs, as "output.id: 23, not 22".
function M.same(expected, actual, path)
  local ok
  if is_matcher(expected) then
    ok = expected.check(actual)
  elseif type(expected) == "table" then
    return same_table(expected, actual, path)
  elseif type(expected) == "string" and actual ~= nil then
    ok = contains(text_of(actual), expected)
  elseif expected == false then
    ok = not actual
  else
    ok = expected == actual
  end
  if ok then return true end
  return false, ("%s%s, not %s"):format(path and path .. ": " or "", M.show(actual),
    M.show(expected))
end

function same_table(expected, actual, path)
  if type(actual) == "string" then actual = native.decode(actual) or actual end
  if type(actual) ~= "table" then
    return false, ("%s%s, not %s"):format(path and path .. ": " or "", M.show(actual),
      M.show(expected))
  end
  for _, key in ipairs(hint.sorted(expected)) do
    local inner = math.type(key) and ("%s[%d]"):format(path or "", key)
      or (path and path .. "." or "") .. tostring(key)
    local ok, why = M.same(expected[key], actual[key], inner)
    if not ok then return false, why end
  end
  return true
end

return M
