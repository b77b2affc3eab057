--- Checks the table a word is given against the fields it takes. Every mistake is told, with the
--- nearest name; what is right is returned.
---
--- A rule is { type, required =, default = } where type names a reader below or is a function:
--- reader(value) gives the value to keep, or nil and what is wrong.
local duration = require "myna.duration"
local kinds = require "myna.kinds"
local mistakes = require "myna.mistakes"

local M = {}

local function plain(type_name, words)
  return function(value)
    if type(value) == type_name then return value end
    return nil, ("expected %s, got %s"):format(words, kinds.describe(value))
  end
end

local readers = {
  string = plain("string", "a string"),
  boolean = plain("boolean", "true or false"),
  ["function"] = plain("function", "a function"),
  duration = duration.read,
  any = function(value) return value end,
}

function readers.table(value)
  if type(value) == "table" and not kinds.of(value) then return value end
  return nil, "expected a table, got " .. kinds.describe(value)
end

function readers.words(value)
  if type(value) == "string" and value:find "%S" then return value end
  return nil, type(value) == "string" and "must not be empty"
    or "expected a string, got " .. kinds.describe(value)
end

function readers.count(value)
  if math.type(value) == "integer" and value >= 1 and value <= 1000000 then return value end
  return nil, "expected a whole number from 1"
end

--- A reader for one of some words.
function M.one_of(words)
  return function(value)
    for _, word in ipairs(words) do
      if word == value then return value end
    end
    local list = "'" .. table.concat(words, "', '") .. "'"
    if type(value) ~= "string" then return nil, "expected one of " .. list end
    return nil, ("'%s' is none of %s%s"):format(value, list, mistakes.hint(value, words))
  end
end

--- A reader for what an agent is told.
function M.instructions(value)
  if type(value) == "string" or type(value) == "function" or kinds.of(value) == "file" then
    return value
  end
  return nil, "expected a string, myna.file or function(ctx), got " .. kinds.describe(value)
end

--- A reader for a value of one of the SDK's kinds.
function M.kind(name, hint)
  return function(value)
    if kinds.of(value) == name then return value end
    return nil, ("expected %s, got %s"):format(hint, kinds.describe(value))
  end
end

local function sorted_names(t)
  local names = {}
  for name in pairs(t) do names[#names + 1] = name end
  table.sort(names, function(a, b) return tostring(a) < tostring(b) end)
  return names
end

local function read(what, name, value, rule, out)
  if kinds.is_broken(value) then return end
  local reader = type(rule[1]) == "function" and rule[1] or readers[rule[1]]
  local kept, why = reader(value)
  if kept == nil and why then
    mistakes.field(name, "%s: %s: %s", what, name, why)
  else
    out[name] = kept
  end
end

--- Returns a table of what is right; it lacks what is wrong.
function M.check(what, spec, rules)
  local out = {}
  if kinds.is_broken(spec) then return out end
  if type(spec) ~= "table" or kinds.of(spec) then
    mistakes.add("%s: expected a table, got %s", what, kinds.describe(spec))
    return out
  end
  for _, name in ipairs(sorted_names(spec)) do
    if rules[name] then
      read(what, name, spec[name], rules[name], out)
    else
      mistakes.field(name, "%s: unknown field '%s'%s", what, tostring(name),
        mistakes.hint(name, rules))
    end
  end
  for _, name in ipairs(sorted_names(rules)) do
    local rule = rules[name]
    if spec[name] == nil and rule.required then
      mistakes.add("%s: '%s' is missing", what, name)
    elseif spec[name] == nil then
      out[name] = rule.default
    end
  end
  return out
end

--- "tool 'find_patient'", or "tool" while it has no name.
function M.label(word, spec)
  local name = type(spec) == "table" and not kinds.is_broken(spec) and rawget(spec, "name")
  return type(name) == "string" and ("%s '%s'"):format(word, name) or word
end

--- Flattens a list that may hold lists, giving each value to visit(value).
function M.each(list, visit)
  for _, value in ipairs(list) do
    local is_list = type(value) == "table" and not kinds.of(value) and not kinds.is_broken(value)
    if is_list and (value[1] ~= nil or next(value) == nil) then
      M.each(value, visit)
    else
      visit(value)
    end
  end
end

return M
