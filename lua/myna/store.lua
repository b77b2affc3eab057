--- myna.store "leads": records that are kept, of this app, for all its workers and for good.
local kinds = require "myna.kinds"
local mistakes = require "myna.mistakes"

local M = {}
local make, methods, meta = kinds.new "store"

--- At the top of a file, so that who serves the app knows that it keeps something.
function M.new(name)
  if type(name) ~= "string" or not name:find "^%l[%l%d_]*$" or #name > 64 then
    mistakes.add("myna.store: expected a name such as \"leads\" (small letters, digits, _), got %s",
      type(name) == "string" and ("'%s'"):format(name) or kinds.describe(name))
    return kinds.broken
  end
  if not native.loading() then
    error(native.place "myna.store is for the top of a file, not inside a function", 0)
  end
  native.keeps()
  return make { name = name }
end

local function raise(word, message, ...)
  error(native.place(("store:%s: "):format(word) .. message:format(...)), 0)
end

local function check(store, word)
  if kinds.of(store) ~= "store" then
    raise(word, "write it with a colon: leads:%s(...)", word)
  end
  if native.loading() then
    error(native.place "myna.store cannot be used while a file is loading", 0)
  end
end

local function check_id(word, id)
  if type(id) ~= "string" or id == "" then
    raise(word, "expected an id, got %s", id == "" and "an empty string" or kinds.describe(id))
  end
end

--- The answer; or nil and why not.
local function ask(store, word, id, record, query)
  local json, why = native.keep(store.name, word, id, record, query)
  if not json then return nil, why end
  if json == "null" then return nil end
  return (native.decode(json))
end

--- A record as JSON, without what the store itself says of it.
local function written(word, record)
  if type(record) ~= "table" or kinds.of(record) or record[1] ~= nil then
    raise(word, "expected a record such as { name = \"Sam\" }, got %s",
      type(record) == "table" and record[1] ~= nil and "a list" or kinds.describe(record))
  end
  local plain = {}
  for name, value in pairs(record) do
    if type(name) ~= "string" then raise(word, "a record's fields have names") end
    if name ~= "id" and name ~= "created_at" and name ~= "updated_at" then plain[name] = value end
  end
  local json, why = native.encode(plain, "record", 64 * 1024)
  if not json then return nil, why == "too large" and "the record is over 64 KB" or why end
  return json
end

--- Adds a record; it gets an id unless it has one. Gives it as it is kept.
function methods:add(record)
  check(self, "add")
  local json, why = written("add", record)
  if not json then return nil, why end
  if record.id ~= nil then check_id("add", record.id) end
  return ask(self, "add", record.id, json)
end

--- The record, or nil.
function methods:get(id)
  check(self, "get")
  check_id("get", id)
  return ask(self, "get", id)
end

--- Puts a record there, whole, whether there was one or not.
function methods:set(id, record)
  check(self, "set")
  check_id("set", id)
  local json, why = written("set", record)
  if not json then return nil, why end
  return ask(self, "set", id, json)
end

--- Whether it was there.
function methods:remove(id)
  check(self, "remove")
  check_id("remove", id)
  return ask(self, "remove", id)
end

--- Adds to a field, at once for all who do, and gives the sum.
function methods:incr(id, field, by)
  check(self, "incr")
  check_id("incr", id)
  if by == nil then by = 1 end
  if type(field) ~= "string" or not field:find "^[%a_][%w_]*$" then
    raise("incr", "expected a field's name, got %s",
      type(field) == "string" and ("'%s'"):format(field) or kinds.describe(field))
  end
  if type(by) ~= "number" then raise("incr", "expected a number, got %s", kinds.describe(by)) end
  return ask(self, "incr", id, nil, native.encode { field = field, by = native.encode(by, "by") })
end

--- The records that fit, as a list.
function methods:find(where, options)
  check(self, "find")
  local query = require "myna.query".read(where, options, raise)
  return ask(self, "find", nil, nil, query)
end

meta.__index = function(_, word)
  if methods[word] then return methods[word] end
  error(native.place(("a store has no '%s'%s"):format(tostring(word),
    mistakes.hint(tostring(word), methods))), 0)
end

return M
