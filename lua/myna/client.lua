--- What http.client and client:with are given, read and checked.
local fields = require "myna.fields"
local kinds = require "myna.kinds"
local mistakes = require "myna.mistakes"
local timeout = require "myna.timeouts"

local M = {}

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

function M.read(spec)
  local client = fields.check("http.client", spec or {}, client_rules)
  check_words(client.words or {})
  return client
end

function M.read_with(spec)
  return fields.check("client:with", spec, with_rules)
end

return M
