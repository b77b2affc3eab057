--- What store:find is given: { field = value, other = { [">="] = 5 } }, { order, limit }.
local kinds = require "myna.kinds"
local mistakes = require "myna.mistakes"

local M = {}

local comparisons = { ["="] = "any", ["~="] = "any", ["<"] = "ordered", ["<="] = "ordered",
  [">"] = "ordered", [">="] = "ordered" }
local option_names = { order = true, limit = true }
local most_conditions, most_records = 16, 1000

local function is_field(name)
  return type(name) == "string" and #name <= 128 and name:find "^[%a_][%w_%.]*$"
    and not name:find "%.%." and not name:find "%.$"
end

local function sorted(t)
  local names = {}
  for name in pairs(t) do names[#names + 1] = name end
  table.sort(names, function(a, b) return tostring(a) < tostring(b) end)
  return names
end

local function add(rows, field, comparison, value, raise)
  local ordered = type(value) == "string" or type(value) == "number"
  if not ordered and type(value) ~= "boolean" and value ~= native.null then
    raise("find", "%s: expected a string, number, boolean or myna.null, got %s", field,
      kinds.describe(value))
  elseif comparisons[comparison] == "ordered" and not ordered then
    raise("find", "%s: %s compares numbers or strings", field, comparison)
  end
  rows[#rows + 1] = { field, comparison, native.encode(value, field) }
  if #rows > most_conditions then raise("find", "over %d conditions", most_conditions) end
end

local function read_where(where, raise)
  local rows = native.array {}
  if where ~= nil and (type(where) ~= "table" or kinds.of(where)) then
    raise("find", "expected what to look for, such as { status = \"new\" }, got %s",
      kinds.describe(where))
  end
  for _, field in ipairs(sorted(where or {})) do
    local value = where[field]
    if not is_field(field) then raise("find", "no field is called '%s'", tostring(field)) end
    if type(value) == "table" and not kinds.of(value) and next(value) ~= nil then
      for _, comparison in ipairs(sorted(value)) do
        if not comparisons[comparison] then
          raise("find", "%s: '%s' is no comparison: there are =, ~=, <, <=, >, >=", field,
            tostring(comparison))
        end
        add(rows, field, comparison, value[comparison], raise)
      end
    else
      add(rows, field, "=", value, raise)
    end
  end
  return rows
end

local function read_options(options, raise)
  if type(options) ~= "table" or kinds.of(options) then
    raise("find", "expected options such as { limit = 10 }, got %s", kinds.describe(options))
  end
  for name in pairs(options) do
    if not option_names[name] then
      raise("find", "unknown option '%s'%s", tostring(name), mistakes.hint(name, option_names))
    end
  end
  local limit, order = options.limit or 100, options.order
  if math.type(limit) ~= "integer" or limit < 1 or limit > most_records then
    raise("find", "limit: expected a whole number from 1 to %d", most_records)
  end
  if order ~= nil and not (type(order) == "string" and is_field(order:match "^%-?(.*)$")) then
    raise("find", "order: expected a field's name, with - before it for the largest first")
  end
  return limit, order
end

--- As JSON, for the records. raise(word, message, ...) tells the author.
function M.read(where, options, raise)
  local limit, order = read_options(options or {}, raise)
  return native.encode {
    where = read_where(where, raise), limit = limit,
    order = order and order:match "^%-?(.*)$",
    descending = order ~= nil and order:find "^%-" ~= nil,
  }
end

return M
