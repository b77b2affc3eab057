--- What http.client and client:with are given, read and checked.
local cached = require "myna.cached"
local fields = require "myna.fields"
local kinds = require "myna.kinds"
local mistakes = require "myna.mistakes"
local timeout = require "myna.timeouts"

local M = {}

--- What res.err.code may be.
M.codes = { timeout = true, refused = true, private = true, dns = true, tls = true, reset = true,
  too_large = true, cancelled = true, other = true }

local function base_url(value)
  if type(value) == "string" and value:find "^https?://[^/]" then return value end
  return nil, ("expected an http:// or https:// address, got %s"):format(
    type(value) == "string" and ("'%s'"):format(value) or kinds.describe(value))
end

local function text_or_secret(value)
  if type(value) == "string" or kinds.of(value) == "secret" then return value end
  return nil, "expected a string or myna.secret, got " .. kinds.describe(value)
end

local function count(from, to)
  return function(value)
    if math.type(value) == "integer" and value >= from and value <= to then return value end
    return nil, ("expected a whole number from %d to %d"):format(from, to)
  end
end

--- What is worth another try: { 429, 503, "timeout" }.
local function reasons(value)
  if type(value) ~= "table" or kinds.of(value) then
    return nil, "expected a list such as { 429, 503, \"timeout\" }"
  end
  for _, reason in ipairs(value) do
    local known = math.type(reason) == "integer" and reason >= 400 and reason <= 599
      or M.codes[reason]
    if not known then
      return nil, ("'%s' is no status of a failure, nor one of timeout, refused, dns, reset")
        :format(tostring(reason))
    end
  end
  return value
end

local function basic(value)
  local user = type(value) == "table" and not kinds.of(value) and value[1] or nil
  if #(user and value or {}) ~= 2 or not text_or_secret(user) or not text_or_secret(value[2]) then
    return nil, "expected { user, password }, each a string or myna.secret"
  end
  if type(user) == "string" and user:find ":" then return nil, "a user's name holds no ':'" end
  return value
end

local function proxy(value)
  if kinds.of(value) == "secret" then return value end
  return base_url(value)
end

--- A file of the app with certificates; what is kept is its text.
local function certificates(path)
  if type(path) ~= "string" then return nil, "expected a path, got " .. kinds.describe(path) end
  local text, shown = native.text(path)
  if not text then return nil, shown end
  if text:find("-----BEGIN CERTIFICATE-----", 1, true) then return text end
  return nil, shown .. " holds no certificate (PEM)"
end

local pool_rules = { connections = { count(1, 1000) }, keep = { count(0, 1000) },
  keep_for = { "duration" } }
local retry_rules = { tries = { count(1, 10), default = 3 },
  pause = { "duration", default = 200 }, on = { reasons } }

local client_rules = {
  base_url = { base_url },
  bearer = { text_or_secret },
  headers = { "table", default = {} },
  timeout = { timeout, default = {} },
  pool = { function(value) return fields.check("pool", value, pool_rules) end, default = {} },
  retry = { function(value) return fields.check("retry", value, retry_rules) end },
  words = { "table", default = {} },
  basic = { basic }, cache = { cached }, proxy = { proxy }, ca = { certificates },
  private = { "boolean" },
}

local with_rules = {
  base_url = client_rules.base_url, bearer = client_rules.bearer, basic = client_rules.basic,
  headers = client_rules.headers,
}

--- One way to say who asks, or it is not clear which is sent.
local function check_key(what, spec)
  if spec.bearer ~= nil and spec.basic ~= nil then
    mistakes.field("basic", "%s: one of bearer and basic, not both", what)
  end
end

--- Headers are only sent when a request is: what cannot be one is told now.
local function check_headers(what, headers)
  for name, value in pairs(headers or {}) do
    local why = require "myna.header".wrong(name, value)
    if why then mistakes.add("%s: headers: %s", what, why) end
  end
end

local function check_words(words)
  for key, value in pairs(words) do
    local known = math.type(key) == "integer" or M.codes[key]
      or type(key) == "string" and key:find "^[1-5]xx$"
    if not known then
      mistakes.add("http.client: words: unknown key '%s' (a status, \"5xx\", a code of res.err "
        .. "such as timeout, or other)", tostring(key))
    elseif type(value) ~= "string" and type(value) ~= "function" then
      mistakes.add("http.client: words: '%s': expected words or function(res), got %s",
        tostring(key), kinds.describe(value))
    end
  end
end

function M.read(spec)
  local client = fields.check("http.client", spec or {}, client_rules)
  check_words(client.words or {})
  check_key("http.client", client)
  check_headers("http.client", client.headers)
  return client
end

function M.read_with(spec)
  local changes = fields.check("client:with", spec, with_rules)
  check_key("client:with", changes)
  check_headers("client:with", changes.headers)
  return changes
end

return M
