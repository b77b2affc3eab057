--- myna.guardrails.personal_data { kinds = { "card", "email", "phone" }, replace = "[hidden]" }:
--- card numbers (by their check digit), addresses of mail, telephone numbers, as digits and letters
--- write them. In a tool's lists `replace` stands in for them; elsewhere, and without it, they
--- block.
local kinds = require "myna.kinds"
local ready = require "myna.ready"

local all = { "card", "email", "phone" }

local function kind_list(value)
  local known = {}
  for _, name in ipairs(all) do known[name] = true end
  for _, name in ipairs(type(value) == "table" and value or { 0 }) do
    if not known[name] then return nil, "expected a list of \"card\", \"email\" and \"phone\"" end
  end
  return value
end

local rules = { kinds = { kind_list }, replace = { "words" } }

--- Luhn's check, which card numbers pass and one in ten of other numbers.
local function has_check_digit(digits)
  local sum, double = 0, false
  for i = #digits, 1, -1 do
    local n = digits:byte(i) - 48
    if double then n = n * 2 > 9 and n * 2 - 9 or n * 2 end
    sum, double = sum + n, not double
  end
  return sum % 10 == 0
end

--- The groups of digits of a run: { { from, to }, ... }.
local function groups_of(text, from, to)
  local groups = {}
  local at = from
  while at <= to do
    local first, last = text:find("%d+", at)
    if not first or first > to then break end
    groups[#groups + 1] = { first, math.min(last, to) }
    at = last + 1
  end
  return groups
end

--- The longest card number that begins with that group: where it ends.
local function card_from(text, groups, first)
  local digits, found = "", nil
  for i = first, #groups do
    digits = digits .. text:sub(groups[i][1], groups[i][2])
    if #digits > 19 then break end
    if #digits >= 13 and has_check_digit(digits) then found = i end
  end
  return found
end

local find = {}

function find.card(text, add)
  for from, run in text:gmatch "()(%d[%d %-]+%d)" do
    local groups, i = groups_of(text, from, from + #run - 1), 1
    while i <= #groups do
      local last = card_from(text, groups, i)
      if last then add(groups[i][1], groups[last][2]) end
      i = (last or i) + 1
    end
  end
end

function find.email(text, add)
  for from, to in text:gmatch "()[%w._%%+-]+@[%w-][%w.-]*%.%a%a+()" do add(from, to - 1) end
end

--- With a country or an area before it: +44 20 7946 0958, (020) 7946 0958, 555-123-4567.
function find.phone(text, add)
  for from, run, to in text:gmatch "()([+(]?%d[%d ().-]+%d)()" do
    local _, n = run:gsub("%d", "")
    local marked = run:find "^[+(0]" or run:find "^%d%d%d[-. ]%d%d%d[-. ]%d%d%d%d$"
    if n >= 9 and n <= 15 and marked then add(from, to - 1) end
  end
end

--- What is in a text: { { from, to, kind }, ... } in order, none over another.
local function spans_of(text, wanted)
  local spans = {}
  for _, kind in ipairs(wanted) do
    find[kind](text, function(from, to)
      for _, other in ipairs(spans) do
        if from <= other[2] and to >= other[1] then return end
      end
      spans[#spans + 1] = { from, to, kind }
    end)
  end
  table.sort(spans, function(a, b) return a[1] < b[1] end)
  return spans
end

local function replaced(text, wanted, with)
  local parts, at = {}, 1
  for _, span in ipairs(spans_of(text, wanted)) do
    parts[#parts + 1] = text:sub(at, span[1] - 1)
    parts[#parts + 1] = with
    at = span[2] + 1
  end
  parts[#parts + 1] = text:sub(at)
  return table.concat(parts)
end

--- Replaces in all the texts a value holds.
local function replaced_in(value, wanted, with)
  if type(value) == "string" then return replaced(value, wanted, with) end
  if type(value) ~= "table" then return value end
  local out = getmetatable(value) == "list" and native.array {} or {}
  for key, inner in pairs(value) do out[key] = replaced_in(inner, wanted, with) end
  return out
end

local function changed(call, wanted, with)
  if call.output then return { output = replaced(call.output, wanted, with) } end
  return { args = replaced_in(call.args, wanted, with) }
end

return function(spec)
  spec = spec == nil and {} or spec
  if not ready.check("personal_data", spec, rules) then return kinds.broken end
  local wanted = spec.kinds or all
  return ready.with(spec, rules, { name = "personal_data", every_chars = 20,
    check = function(given)
      local spans, found = spans_of(ready.text(given), wanted), {}
      if #spans == 0 then return nil end
      if spec.replace and type(given) == "table" then
        return changed(given, wanted, spec.replace)
      end
      for _, span in ipairs(spans) do found[span[3]] = (found[span[3]] or 0) + 1 end
      return ready.block(spec, found)
    end })
end
