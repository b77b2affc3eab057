--- myna.shared: a dictionary that all calls of an app share on one worker. It is memory: what is in
--- it may be dropped, and ends with the worker. Values are copied in and out, as JSON.
local duration = require "myna.duration"
local kinds = require "myna.kinds"

local M = {}

local function raise(message, ...)
  error(native.place("myna.shared: " .. message:format(...)), 0)
end

--- Looks at the first two arguments of a method.
local function check(shared, word, key)
  if shared ~= M.shared then raise("write shared:%s(...), with a colon", word) end
  if native.loading() then
    error(native.place "myna.shared cannot be used while a file is loading", 0)
  end
  if type(key) ~= "string" or key == "" then
    raise("%s: expected a key, got %s", word,
      key == "" and "an empty string" or kinds.describe(key))
  end
end

local function ttl_of(word, options)
  if options == nil then return 0 end
  if type(options) ~= "table" then
    raise("%s: expected options such as { ttl = \"5m\" }, got %s", word, kinds.describe(options))
  end
  for name in pairs(options) do
    if name ~= "ttl" then raise("%s: unknown option '%s' (there is ttl)", word, tostring(name)) end
  end
  if options.ttl == nil then return 0 end
  local ms, why = duration.read(options.ttl)
  if not ms then raise("%s: ttl: %s", word, why) end
  if ms == 0 then raise("%s: ttl: expected more than no time", word) end
  return ms
end

local function write(word, key, value, options)
  if value == nil then raise("%s: expected a value; shared:remove(key) removes one", word) end
  local ttl_ms = ttl_of(word, options)
  local json, why = native.encode(value, "value")
  if not json then return nil, why end
  return native.shared(word, key, json, ttl_ms)
end

local methods = {}

function methods:get(key)
  check(self, "get", key)
  local json = native.shared("get", key)
  if json then return (native.decode(json)) end
  return nil
end

--- true; or nil and why not.
function methods:set(key, value, options)
  check(self, "set", key)
  local done, why = write("set", key, value, options)
  if done then return true end
  return nil, why
end

--- true; or false, when the key is there already.
function methods:add(key, value, options)
  check(self, "add", key)
  local done, why = write("add", key, value, options)
  if done then return true end
  if why == "exists" then return false end
  return nil, why
end

--- The number it counts to; or nil and why not.
function methods:incr(key, by, options)
  check(self, "incr", key)
  if by == nil then by = 1 end
  if type(by) ~= "number" then raise("incr: expected a number, got %s", kinds.describe(by)) end
  local ttl_ms = ttl_of("incr", options)
  local json, why = native.shared("incr", key, native.encode(by, "by"), ttl_ms)
  if json then return (native.decode(json)) end
  return nil, why
end

--- Whether it was there.
function methods:remove(key)
  check(self, "remove", key)
  return native.shared("remove", key) ~= nil
end

M.shared = setmetatable({}, { __metatable = "shared", __name = "shared",
  __newindex = function(_, key)
    raise("write shared:set(%q, value)", tostring(key))
  end,
  __index = function(_, word)
    if methods[word] then return methods[word] end
    local names = {}
    for name in pairs(methods) do names[#names + 1] = name end
    table.sort(names)
    local near = native.nearest(tostring(word), names)
    raise("there is no '%s'%s", tostring(word), near and (" (did you mean '%s'?)"):format(near)
      or ": " .. table.concat(names, ", "))
  end })

return M
