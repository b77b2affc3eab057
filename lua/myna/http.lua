--- myna.http: clients, each a pool of the worker that all calls share, and their methods.
local kinds = require "myna.kinds"

local M = {}
local make_client, client_methods = kinds.new "client"

--- Whether the check has read what a word is given now; else the page that does is loaded.
local function is_proved()
  return native.loading() and not native.checking()
end

function M.client(spec)
  if is_proved() then return make_client(require "myna.proved".client(spec)) end
  return make_client(require "myna.client".read(spec))
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
  local changes = is_proved() and spec or require "myna.client".read_with(spec)
  local copy = merged(self, changes)
  if changes.bearer ~= nil then copy.basic = nil end
  if changes.basic ~= nil then copy.bearer = nil end
  copy.headers = merged(lower_case(self.headers), lower_case(changes.headers))
  return make_client(copy)
end

local function request(client, method, path, options)
  if native.loading() then
    error("an HTTP request cannot be used while a file is loading: "
      .. "use it in a function that is given ctx", 3)
  end
  if kinds.of(client) ~= "client" then
    error(("http.client: write client:%s(path), with a colon"):format(method:lower()), 3)
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

local function check_method(word, method)
  if type(method) ~= "string" or not method:find "^%u+$" then
    error(("%s: expected a method such as \"GET\""):format(word), 3)
  end
end

function client_methods:request(method, path, options)
  check_method("client:request", method)
  return (request(self, method, path, options))
end

function M.request(method, url, options)
  check_method("http.request", method)
  return (request(default, method, url, options))
end

return M
