--- myna.http: requests that wait without anybody waiting with them. A request always returns a
--- response; only res:data() and res:json() raise.
local duration = require "myna.duration"
local fail = require "myna.fail"
local fields = require "myna.fields"
local kinds = require "myna.kinds"
local mistakes = require "myna.mistakes"
local secrets = require "myna.secret"
local url = require "myna.url"

local M = {}
local make_client, client_methods = kinds.new "client"
local make_response, response_methods = kinds.new "response"

local time_rules = { connect = { "duration" }, total = { "duration" }, pool = fields.later,
  idle = fields.later }

local function timeout(value)
  if type(value) ~= "table" then
    local ms, why = duration.read(value)
    if not ms then return nil, why end
    return { total = ms }
  end
  return fields.check("timeout", value, time_rules)
end

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

local request_rules = {
  query = { "table" }, json = { "any" }, form = { "table" }, body = { "string" },
  headers = { "table", default = {} }, timeout = { timeout, default = {} },
  idempotent = { "boolean" }, cache = fields.later, stream = fields.later,
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

--- The words of a client for an answer that is no 2xx.
local function words_for(res)
  local words = res.client.words or {}
  local found
  if res.status then
    found = words[res.status] or words[("%dxx"):format(res.status // 100)]
  else
    found = words[res.err.code]
  end
  found = found or words.other
  if type(found) == "function" then found = found(res) end
  return type(found) == "string" and found or native.safe_words
end

local function what_came(res)
  if res.err then return ("%s: %s"):format(res.err.code, res.err.message) end
  return ("status %d: %s"):format(res.status, res.body:sub(1, 300))
end

function response_methods:json()
  if not self.body then
    error(("%s: no answer to read: %s"):format(self.what, what_came(self)), 2)
  end
  local value, why = native.decode(self.body)
  if value == nil and why then error(("%s: not JSON: %s"):format(self.what, why), 2) end
  return value
end

function response_methods:data()
  if not self.ok then
    error(fail.new(words_for(self), ("%s: %s"):format(self.what, what_came(self))), 0)
  end
  if self.body == "" then return nil end
  local value, why = native.decode(self.body)
  if value == nil and why then
    error(fail.new(words_for(self), ("%s: not JSON: %s"):format(self.what, why)), 0)
  end
  return value
end

local retryable = { timeout = true, refused = true, dns = true, reset = true }

local any_case = { __index = function(headers, name)
  return type(name) == "string" and rawget(headers, name:lower()) or nil
end }

local function response(client, what, status, headers, body)
  local res = { client = client, what = what, ok = false }
  if status then
    res.status, res.headers, res.body = status, setmetatable(headers, any_case), body
    res.ok = status >= 200 and status < 300
  else
    res.headers = {}
    res.err = { code = headers, message = body, retryable = retryable[headers] or false }
  end
  return make_response(res)
end

local function address(client, path)
  local is_whole = path:find "^https?://" ~= nil
  if client.base_url and is_whole then
    error("a client with a base_url takes a path, not a whole address", 0)
  end
  if not client.base_url and not is_whole then
    error(("'%s' is no whole address, and the client has no base_url"):format(path), 0)
  end
  return url.join(client.base_url or "", path)
end

local function add_header(list, name, value)
  value = secrets.open(value)
  if type(value) == "number" then value = tostring(value) end
  if type(name) ~= "string" or not name:find "^[%w!#$%%&'*+%-.^_`|~]+$" then
    error(("header '%s': not a header's name"):format(tostring(name)), 0)
  end
  if type(value) ~= "string" or value:find "[\r\n%z]" then
    error(("header '%s': expected one line of text"):format(name), 0)
  end
  list[#list + 1], list[#list + 2] = name, value
end

local function header_list(client, request, extra)
  local all, names, list = {}, {}, {}
  for _, source in ipairs { extra, client.headers or {}, request.headers or {} } do
    for name, value in pairs(source) do
      local low = tostring(name):lower()
      if not all[low] then names[#names + 1] = low end
      all[low] = { name, value }
    end
  end
  if client.bearer and not all.authorization then
    names[#names + 1] = "authorization"
    all.authorization = { "Authorization", "Bearer " .. secrets.open(client.bearer) }
  end
  table.sort(names)
  for _, name in ipairs(names) do add_header(list, all[name][1], all[name][2]) end
  return list
end

local function content(request)
  local given = 0
  for _, name in ipairs { "json", "form", "body" } do
    if request[name] ~= nil then given = given + 1 end
  end
  if given > 1 then error("one of json, form and body, not several", 0) end
  if request.json ~= nil then
    return native.encode(request.json, "json"), { ["Content-Type"] = "application/json" }
  elseif request.form then
    return url.form(request.form, secrets.open),
      { ["Content-Type"] = "application/x-www-form-urlencoded" }
  end
  return request.body, {}
end

local function new_key()
  return ("%08x-%08x-%08x"):format(math.random(0, 0xffffffff), math.random(0, 0xffffffff),
    math.random(0, 0xffffffff))
end

local function build(client, method, path, request)
  local body, extra = content(request)
  if request.idempotent then extra["Idempotency-Key"] = new_key() end
  local to = address(client, path)
  if request.query and next(request.query) ~= nil then
    to = to .. (to:find("?", 1, true) and "&" or "?") .. url.form(request.query, secrets.open)
  end
  local own, under = request.timeout or {}, client.timeout or {}
  return {
    method = method, url = to, body = body, headers = header_list(client, request, extra),
    connect_ms = own.connect or under.connect, total_ms = own.total or under.total,
    pool = client.base_url, connections = client.pool and client.pool.connections,
  }
end

local safe_again = { GET = true, HEAD = true, PUT = true, DELETE = true, OPTIONS = true }
local again_on = { [429] = true, [502] = true, [503] = true, [504] = true }

local function is_worth_again(res, retry)
  if res.err then return res.err.retryable end
  for _, status in ipairs(retry.on or {}) do
    if status == res.status then return true end
  end
  return not retry.on and again_on[res.status] or false
end

--- How long before the next try: doubling with jitter, or as the server asks.
local function pause_ms(res, retry, try)
  local asked = res.headers and tonumber(res.headers["retry-after"])
  if asked then return math.floor(asked * 1000) end
  return math.floor(retry.pause * 2 ^ (try - 1) * (0.5 + math.random() / 2))
end

local function send(client, ask, what, may_repeat)
  local retry = client.retry
  local tries = retry and may_repeat and retry.tries or 1
  for try = 1, tries do
    local res = response(client, what, native.http(ask))
    if res.ok or try == tries or not is_worth_again(res, retry) then return res end
    local pause = pause_ms(res, retry, try)
    local left = native.left()
    if left and pause >= left then return res end
    native.sleep(pause)
  end
end

local function request(client, method, path, options)
  local what = ("%s %s"):format(method, tostring(path))
  if type(path) ~= "string" then
    error(("%s: expected a path, got %s"):format(what, kinds.describe(path)), 3)
  end
  if native.loading() then
    error("an HTTP request cannot be used while a file is loading", 3)
  end
  local read = fields.check(what, options or {}, request_rules)
  local ok, ask = pcall(build, client, method, path, read)
  if not ok then error(("%s: %s"):format(what, ask), 3) end
  return send(client, ask, what, safe_again[method] or read.idempotent)
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
