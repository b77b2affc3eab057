--- myna.http: clients, each a pool of the worker that all calls share, and their methods.
local fields = require "myna.fields"
local kinds = require "myna.kinds"
local mistakes = require "myna.mistakes"
local timeout = require "myna.timeouts"

local M = {}
local make_client, client_methods = kinds.new "client"

local function base_url(value)
  if type(value) == "string" and value:find "^https?://[^/]" then return value end
  return nil, ("expected an http:// or https:// address, got %s"):format(
    type(value) == "string" and ("'%s'"):format(value) or kinds.describe(value))
end

local function text_or_secret(value)
  if type(value) == "string" or kinds.of(value) == "secret" then return value end
  return nil, "expected a string or myna.secret, got " .. kinds.describe(value)
end

local pool_rules = { connections = { "count" }, keep = { "count" }, keep_for = { "duration" } }
local retry_rules = { tries = { "count", default = 3 }, pause = { "duration", default = 200 },
  on = { "table" } }

local client_rules = {
  base_url = { base_url },
  bearer = { text_or_secret },
  headers = { "table", default = {} },
  timeout = { timeout, default = {} },
  pool = { function(value) return fields.check("pool", value, pool_rules) end, default = {} },
  retry = { function(value) return fields.check("retry", value, retry_rules) end },
  words = { "table", default = {} },
  cache = fields.later, proxy = fields.later, ca = fields.later, private = fields.later,
}

local with_rules = {
  base_url = client_rules.base_url, bearer = client_rules.bearer, headers = client_rules.headers,
}

local function check_words(words)
  for key, value in pairs(words) do
    local known = math.type(key) == "integer" or key == "timeout" or key == "other"
      or type(key) == "string" and key:find "^[1-5]xx$"
    if not known then
      mistakes.add("http.client: words: unknown key '%s' (a status, \"5xx\", timeout or other)",
        tostring(key))
    elseif type(value) ~= "string" and type(value) ~= "function" then
      mistakes.add("http.client: words: '%s': expected words or function(res), got %s",
        tostring(key), kinds.describe(value))
    end
  end
end

function M.client(spec)
  local client = fields.check("http.client", spec or {}, client_rules)
  check_words(client.words or {})
  return make_client(client)
end

local function merged(under, over)
  local out = {}
  for key, value in pairs(under or {}) do out[key] = value end
  for key, value in pairs(over or {}) do out[key] = value end
  return out
end

--- Headers' names do not differ by case.
local function lower_case(headers)
  local out = {}
  for name, value in pairs(headers or {}) do out[tostring(name):lower()] = value end
  return out
end

--- The same pool, with other headers, key or address.
function client_methods:with(spec)
  local changes = fields.check("client:with", spec, with_rules)
  local copy = merged(self, changes)
  copy.headers = merged(lower_case(self.headers), lower_case(changes.headers))
  return make_client(copy)
end

local function request(client, method, path, options)
  if native.loading() then
    error("an HTTP request cannot be used while a file is loading", 3)
  end
  return (require "myna.request".send(client, method, path, options))
end

local default = make_client { headers = {}, timeout = {}, words = {}, pool = {} }

for _, method in ipairs { "get", "post", "put", "patch", "delete" } do
  client_methods[method] = function(self, path, options)
    return (request(self, method:upper(), path, options))
  end
  M[method] = function(path, options)
    return (request(default, method:upper(), path, options))
  end
end

function client_methods:request(method, path, options)
  if type(method) ~= "string" or not method:find "^%u+$" then
    error("client:request: expected a method such as \"GET\"", 2)
  end
  return (request(self, method, path, options))
end

return M
