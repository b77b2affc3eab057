--- One request: from what an author wrote to what the pool is asked, tried again where that is
--- safe. Loaded with the first request of a call.
local fields = require "myna.fields"
local kinds = require "myna.kinds"
local response = require "myna.response"
local secrets = require "myna.secret"
local timeout = require "myna.timeouts"
local url = require "myna.url"

local M = {}

local rules = {
  query = { "table" }, json = { "any" }, form = { "table" }, body = { "string" },
  headers = { "table", default = {} }, timeout = { timeout, default = {} },
  idempotent = { "boolean" }, cache = fields.later, stream = fields.later,
}

local function address(client, path)
  local is_whole = path:find "^https?://" ~= nil
  if path:find "[%c ]" then
    error("an address holds no spaces or control characters; see myna.url.encode", 0)
  end
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

local function attempt(client, ask, what, may_repeat)
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

--- Returns a response. Raises, at the author's line, for what cannot be asked at all.
function M.send(client, method, path, options)
  local what = ("%s %s"):format(method, tostring(path))
  if type(path) ~= "string" then
    error(("%s: expected a path, got %s"):format(what, kinds.describe(path)), 4)
  end
  local read = fields.check(what, options or {}, rules)
  local ok, ask = pcall(build, client, method, path, read)
  if not ok then error(("%s: %s"):format(what, ask), 4) end
  return attempt(client, ask, what, safe_again[method] or read.idempotent)
end

return M
