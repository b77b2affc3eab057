--- Schemas of arguments. A schema is a value: each method returns a new one. Every one has a
--- serial number, by which the properties of a table are put in the order they were written.
local kinds = require "myna.kinds"
local mistakes = require "myna.mistakes"

local M = {}
local make, methods = kinds.new "schema"
local serial = 0

local function new(of)
  serial = serial + 1
  of.serial = serial
  return make(of)
end

local function changed(schema, name, value)
  local copy = {}
  for key, old in pairs(schema) do copy[key] = old end
  copy[name] = value
  return new(copy)
end

function methods:optional() return changed(self, "is_optional", true) end
function methods:nullable() return changed(self, "is_nullable", true) end

--- Left out, the argument is this value.
function methods:default(value)
  if value == nil then mistakes.add "schema: default: expected a value" end
  return changed(changed(self, "is_optional", true), "otherwise", value)
end

local option_names = { -- ours, and JSON Schema's, by type
  string = { min_length = "minLength", max_length = "maxLength", pattern = "pattern" },
  number = { minimum = "minimum", maximum = "maximum", multiple_of = "multipleOf" },
  array = { min_items = "minItems", max_items = "maxItems", unique_items = "uniqueItems" },
}
option_names.integer = option_names.number

--- Words may be left out: s.enum { "a", "b" }.
local function split(words, ...)
  if type(words) == "string" or words == nil then return words, ... end
  return nil, words, ...
end

local function options(what, type_name, given)
  local out = {}
  if given == nil or kinds.is_broken(given) then return out end
  if type(given) ~= "table" or kinds.of(given) then
    mistakes.add("%s: options: expected a table, got %s", what, kinds.describe(given))
    return out
  end
  local known = option_names[type_name] or {}
  for name, value in pairs(given) do
    if known[name] then
      out[known[name]] = value
    else
      mistakes.add("%s: unknown option '%s'%s", what, tostring(name), mistakes.hint(name, known))
    end
  end
  return out
end

local function scalar(word, type_name, format)
  return function(...)
    local words, given = split(...)
    local rest = options("schema." .. word, type_name, given)
    return new { type = type_name, words = words, format = format, options = rest }
  end
end

M.string = scalar("string", "string")
M.integer = scalar("integer", "integer")
M.number = scalar("number", "number")
M.boolean = scalar("boolean", "boolean")
M.date = scalar("date", "string", "date")
M.time = scalar("time", "string", "time")
M.datetime = scalar("datetime", "string", "date-time")

function M.any(words) return new { words = words, options = {} } end

function M.enum(...)
  local words, values = split(...)
  if type(values) ~= "table" or #values == 0 then
    mistakes.add "schema.enum: expected a list of values, as s.enum(\"Which\", { \"a\", \"b\" })"
    values = { "" }
  end
  for _, value in ipairs(values) do
    if type(value) ~= "string" then
      mistakes.add("schema.enum: expected strings, got %s", kinds.describe(value))
      return new { type = "string", words = words, options = {} }
    end
  end
  return new { type = "string", words = words, values = values, options = {} }
end

local function is_schema(what, value)
  if kinds.is_broken(value) then return false end
  if kinds.of(value) == "schema" then return true end
  mistakes.add("%s: expected a schema such as s.string \"What it is\", got %s", what,
    kinds.describe(value))
  return false
end

function M.array(...)
  local words, items, given = split(...)
  local rest = options("schema.array", "array", given)
  if not is_schema("schema.array", items) then items = M.any() end
  return new { type = "array", words = words, items = items, options = rest }
end

--- The properties of a bare table, in the order they were written.
local function ordered(what, properties)
  local list = {}
  for name, schema in pairs(properties) do
    if type(name) ~= "string" then
      mistakes.add("%s: expected names with schemas, got %s", what, kinds.describe(name))
    elseif is_schema(("%s.%s"):format(what, name), schema) then
      list[#list + 1] = { name = name, schema = schema }
    end
  end
  table.sort(list, function(a, b)
    if a.schema.serial ~= b.schema.serial then return a.schema.serial < b.schema.serial end
    return a.name < b.name
  end)
  return list
end

local function object(what, words, properties)
  if kinds.is_broken(properties) then properties = {} end
  if type(properties) ~= "table" or kinds.of(properties) then
    mistakes.add("%s: expected a table of schemas, got %s", what, kinds.describe(properties))
    properties = {}
  end
  return new { type = "object", words = words, properties = ordered(what, properties),
    options = {} }
end

function M.object(...)
  local words, properties = split(...)
  return object("schema.object", words, properties)
end

function M.one_of(...)
  local words, choices = split(...)
  local kept = {}
  for _, choice in ipairs(type(choices) == "table" and choices or {}) do
    if is_schema("schema.one_of", choice) then kept[#kept + 1] = choice end
  end
  if #kept == 0 then mistakes.add "schema.one_of: expected a list of schemas" end
  return new { words = words, choices = kept, options = {} }
end

local emit

local function member(parts, name, json)
  parts[#parts + 1] = native.encode(name) .. ":" .. json
end

local function list(values, with)
  local out = {}
  for i, value in ipairs(values) do out[i] = with(value) end
  return "[" .. table.concat(out, ",") .. "]"
end

local function emit_properties(parts, schema, lenient)
  local properties, required = {}, {}
  for _, property in ipairs(schema.properties) do
    member(properties, property.name, emit(property.schema, lenient))
    if not property.schema.is_optional then required[#required + 1] = property.name end
  end
  member(parts, "properties", "{" .. table.concat(properties, ",") .. "}")
  member(parts, "required", list(required, native.encode))
  member(parts, "additionalProperties", "false")
end

local option_order = { "minLength", "maxLength", "pattern", "minimum", "maximum", "multipleOf",
  "minItems", "maxItems", "uniqueItems" }

local function emit_choices(parts, schema, null)
  local choices = {}
  for i, choice in ipairs(schema.choices) do choices[i] = choice end
  local json = list(choices, function(choice) return emit(choice, false) end)
  if null then json = json:sub(1, -2) .. ",{\"type\":\"null\"}]" end
  member(parts, "anyOf", json)
end

--- JSON of a schema. Lenient: a null for an optional property is absent, so it passes.
function emit(schema, lenient)
  local parts = {}
  local null = schema.is_nullable or lenient and schema.is_optional
  if schema.type then
    local name = native.encode(schema.type)
    member(parts, "type", null and ("[%s,\"null\"]"):format(name) or name)
  end
  if schema.words then member(parts, "description", native.encode(schema.words)) end
  if schema.values then
    local values = list(schema.values, native.encode)
    member(parts, "enum", null and values:sub(1, -2) .. ",null]" or values)
  end
  if schema.format then member(parts, "format", native.encode(schema.format)) end
  for _, name in ipairs(option_order) do
    local value = schema.options[name]
    if value ~= nil then member(parts, name, native.encode(value)) end
  end
  if schema.choices then emit_choices(parts, schema, null) end
  if schema.items then member(parts, "items", emit(schema.items, lenient)) end
  if schema.properties then emit_properties(parts, schema, lenient) end
  if schema.otherwise ~= nil then member(parts, "default", native.encode(schema.otherwise)) end
  return "{" .. table.concat(parts, ",") .. "}"
end

--- Reads what a word takes as `parameters` or `input`: nothing, a bare table of schemas, an object
--- schema, or a raw JSON Schema. Returns { sent, check, schema }; the JSON only in a check.
function M.read(what, given)
  if given == nil or kinds.is_broken(given) then given = {} end
  if type(given) == "table" and not kinds.of(given) and type(given.type) == "string" then
    if not native.checking() then return {} end -- the bundle has the JSON
    local ok, json = pcall(native.encode, given, what)
    if not ok then
      mistakes.add("%s", json)
      return { sent = "{}", check = "{}" }
    end
    return { sent = json, check = json }
  end
  local schema = kinds.of(given) == "schema" and given.type == "object" and given
    or object(what, nil, given)
  if not native.checking() then return { schema = schema } end
  return { sent = emit(schema), check = emit(schema, true), schema = schema }
end

--- As M.read, and compiled once: a pattern or a keyword that does not work is told here.
function M.checked(what, given)
  local out = M.read(what, given)
  local why = out.check and native.compiles(out.check)
  if why then mistakes.add("%s: %s", what, why) end
  return out
end

local function unknown(_, word)
  mistakes.add("myna.schema has no '%s'%s", tostring(word), mistakes.hint(word, M.words))
  return kinds.broken
end

--- What authors see.
M.words = {}
for _, word in ipairs { "string", "integer", "number", "boolean", "enum", "array", "object", "any",
  "one_of", "date", "time", "datetime" } do
  M.words[word] = M[word]
end
setmetatable(M.words, { __index = unknown, __metatable = "schema" })

return M
