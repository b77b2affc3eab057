--- routes = { ["GET /path/{id}"] = function(req) ... end }: what an app answers over HTTP and where
--- it takes calls (WS), read and checked. At work: route.lua.
local fields = require "myna.fields"
local kinds = require "myna.kinds"
local mistakes = require "myna.mistakes"

local M = {}

local methods = { "GET", "POST", "PUT", "PATCH", "DELETE", "OPTIONS", "WS" }
local is_method = {}
for _, method in ipairs(methods) do is_method[method] = true end

local is_ours = { ["/healthz"] = true, ["/readyz"] = true, ["/metrics"] = true }

local most_parts = 16 -- of a path; runtime/script/route.c ranks them by bits

local function header_names(value)
  local list = type(value) == "string" and { value } or value
  for _, name in ipairs(type(list) == "table" and not kinds.of(list) and list or { 0 }) do
    if type(name) ~= "string" or not name:find "^[%w%-_]+$" or #name > 100 then
      return nil, "expected a list of names such as { \"x-signature\" }"
    end
  end
  return list
end

local rules = {
  act = { "function", required = true },
  public = { "boolean", default = false },
  headers = { header_names, default = {} },
}

--- The pattern with its names left out: two that are the same there take the same paths.
local function shape(method, path)
  return method .. " " .. path:gsub("{[^/]*}", "{}")
end

local function check_parts(what, key, path)
  local names, count = {}, 0
  for part in path:gmatch "/([^/]*)" do
    local name = part:match "^{([%a_][%w_]*)}$"
    count = count + 1
    if part:find "[{}]" and not name then
      mistakes.field(key, "%s: '%s': a name takes a whole part of the path, as in /calls/{id}",
        what, part)
    elseif name and names[name] then
      mistakes.field(key, "%s: {%s} stands twice", what, name)
    elseif part == "" and path ~= "/" then
      mistakes.field(key, "%s: the path ends in a slash or has an empty part", what)
    end
    if name then names[name] = true end
  end
  if count > most_parts then
    mistakes.field(key, "%s: at most %d parts", what, most_parts)
  end
end

--- Whether "GET /path" is one; every mistake is told.
local function check_key(what, key, seen)
  local method, path = key:match "^(%S+) (%S+)$"
  if not method then
    mistakes.field(key, "%s: expected a method and a path, such as \"GET /calls/{id}\"", what)
  elseif not is_method[method] then
    mistakes.field(key, "%s: '%s' is none of %s%s", what, method, table.concat(methods, ", "),
      mistakes.hint(method:upper(), methods))
  elseif path:sub(1, 1) ~= "/" or path:find "[?#%%\"\\]" then
    mistakes.field(key, "%s: expected a path such as /calls/{id}, without a query", what)
  elseif path == "/v1" or path:find "^/v1/" or is_ours[path] then
    mistakes.field(key, "%s: %s is Myna's own", what,
      is_ours[path] and path or "what is below /v1")
  else
    local same = shape(method, path)
    if seen[same] then
      mistakes.field(key, "%s: '%s' takes the same paths", what, seen[same])
    end
    seen[same] = key
    check_parts(what, key, path)
  end
end

local function sorted(value)
  local keys = {}
  for key in pairs(value) do keys[#keys + 1] = key end
  table.sort(keys, function(a, b) return tostring(a) < tostring(b) end)
  return keys
end

--- The reader of myna.app's field.
function M.read(value)
  if type(value) ~= "table" or kinds.of(value) then
    return nil, "expected a table such as { [\"GET /path\"] = function(req) end }, got "
      .. kinds.describe(value)
  end
  local out, seen = {}, {}
  for _, key in ipairs(sorted(value)) do
    local spec = value[key]
    local what = ("app: routes: '%s'"):format(tostring(key))
    if type(key) ~= "string" then
      mistakes.add("%s: expected a method and a path, such as \"GET /calls/{id}\"", what)
    elseif type(spec) == "function" then
      check_key(what, key, seen)
      out[key] = { act = spec, public = false, headers = {} }
    elseif type(spec) == "table" and not kinds.of(spec) then
      check_key(what, key, seen)
      out[key] = fields.check(what, spec, rules)
    elseif not kinds.is_broken(spec) then
      mistakes.field(key, "%s: expected a function(req), or { act = function(req) end, "
        .. "public = true }, got %s", what, kinds.describe(spec))
    end
  end
  return out
end

--- What runtime/script/plan.c reads: a list, by key.
function M.export(routes)
  local out = {}
  for _, key in ipairs(sorted(routes or {})) do
    local method, path = key:match "^(%S+) (%S+)$"
    out[#out + 1] = { method = method, path = path, public = routes[key].public,
      headers = table.concat(routes[key].headers, "\n"):lower() }
  end
  return out
end

return M
