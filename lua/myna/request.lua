--- One request: from what an author wrote to what the pool is asked, tried again where that is
--- safe. Loaded with the first request of a call.
local cached = require "myna.cached"
local fields = require "myna.fields"
local header = require "myna.header"
local kinds = require "myna.kinds"
local response = require "myna.response"
local secrets = require "myna.secret"
local timeout = require "myna.timeouts"
local url = require "myna.url"

local M = {}

local rules = {
  query = { "table" }, json = { "any" }, form = { "table" }, body = { "string" },
  multipart = { "table" },
  headers = { "table", default = {} }, timeout = { timeout, default = {} },
  idempotent = { "boolean" }, cache = { cached }, stream = { "boolean" },
}

local function address(client, path)
  if kinds.of(client) == "upstream" then return require "myna.upstream".below(path) end
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

--- What is sent, by names in lower case: the request's own win over the client's.
local function headers_of(client, request, extra)
  local all = {}
  if kinds.of(client) == "upstream" then
    require "myna.upstream".check_headers(request.headers or {})
  end
  for _, source in ipairs { extra, client.headers or {}, request.headers or {} } do
    for name, value in pairs(source) do all[tostring(name):lower()] = { name, value } end
  end
  local key = not all.authorization and header.authorization(client)
  if key then all.authorization = { "Authorization", key } end
  return header.list(all)
end

local function content(request)
  local given = 0
  for _, name in ipairs { "json", "form", "body", "multipart" } do
    if request[name] ~= nil then given = given + 1 end
  end
  if given > 1 then error("one of json, form, body and multipart, not several", 0) end
  if request.json ~= nil then
    return native.encode(request.json, "json"), { ["Content-Type"] = "application/json" }
  elseif request.form then
    return url.form(request.form, secrets.open),
      { ["Content-Type"] = "application/x-www-form-urlencoded" }
  elseif request.multipart then
    local body, content_type = require "myna.multipart"(request.multipart)
    return body, { ["Content-Type"] = content_type }
  end
  return request.body, {}
end

local function new_key()
  return ("%08x-%08x-%08x"):format(math.random(0, 0xffffffff), math.random(0, 0xffffffff),
    math.random(0, 0xffffffff))
end

--- Equal settings are one pool of the worker.
local function pool_name(client)
  local parts, pool = { client.base_url }, client.pool or {}
  for _, name in ipairs { "connections", "keep", "keep_for" } do
    if pool[name] then parts[#parts + 1] = name .. "=" .. pool[name] end
  end
  if client.proxy then parts[#parts + 1] = "proxy=" .. secrets.open(client.proxy) end
  if client.ca then parts[#parts + 1] = "ca=" .. client.ca end
  if client.private then parts[#parts + 1] = "private" end
  return #parts > 0 and table.concat(parts, " ") or nil
end

--- The client's part of what the pool is asked.
local function settings_of(client)
  local pool = client.pool or {}
  return {
    pool = pool_name(client), connections = pool.connections, keep_ms = pool.keep_for,
    keep = pool.keep == 0 and -1 or pool.keep, proxy = secrets.open(client.proxy), ca = client.ca,
    names_host = client.base_url ~= nil, any_host = client.private,
  }
end

local may_be_kept = { GET = true, HEAD = true }

--- Whether an answer may come from the cache: as the request says, else the client.
local function cache_of(client, method, request)
  local own = request.cache
  if own and not may_be_kept[method] then error("cache is for GET and HEAD", 0) end
  if own and request.stream then error("one of cache and stream, not both", 0) end
  if own == nil and may_be_kept[method] and not request.stream then own = client.cache end
  return own or {}
end

local function address_with_query(client, path, request)
  local to = address(client, path)
  if not request.query or next(request.query) == nil then return to end
  return to .. (to:find("?", 1, true) and "&" or "?") .. url.form(request.query, secrets.open)
end

local function build(client, method, path, request)
  local body, extra = content(request)
  if request.idempotent then extra["Idempotency-Key"] = new_key() end
  local own, under = request.timeout or {}, client.timeout or {}
  local ask, cache = settings_of(client), cache_of(client, method, request)
  ask.method, ask.url, ask.body = method, address_with_query(client, path, request), body
  ask.headers, ask.secrets = headers_of(client, request, extra)
  for _, name in ipairs { "connect", "total", "pool", "idle" } do
    ask[name .. "_ms"] = own[name] or under[name]
  end
  ask.cache_ms, ask.absent_ms, ask.stream = cache.ttl, cache.not_found, request.stream
  if kinds.of(client) == "upstream" then
    ask.upstream = require "myna.upstream".address()
  end
  return ask
end

local safe_again = { GET = true, HEAD = true, PUT = true, DELETE = true, OPTIONS = true }
local again_on = { [429] = true, [502] = true, [503] = true, [504] = true }
local longest_pause = 30000 -- ms; a server that wants more time than a caller has is left alone

local function is_worth_again(res, retry)
  if not retry.on then
    if res.err then return res.err.retryable end
    return again_on[res.status] or false
  end
  for _, reason in ipairs(retry.on) do
    if reason == res.status or res.err and reason == res.err.code then return true end
  end
  return false
end

--- How long before the next try, in ms: doubling with jitter, or as the server asks.
local function pause_ms(res, retry, try)
  local asked = res.headers["retry-after"]
  asked = asked and require "myna.retry_after"(asked)
  if asked then return asked end
  local pause = math.min(retry.pause * 2 ^ (try - 1), longest_pause)
  return math.floor(pause * (0.5 + math.random() / 2))
end

--- Asks until there is an answer, as often as the client's retry says.
function M.attempt(client, ask, what, may_repeat)
  local retry = client.retry
  local tries = retry and may_repeat and retry.tries or 1
  for try = 1, tries do
    local res = response(client, what, ask.stream, native.http(ask))
    if res.ok or try == tries or not is_worth_again(res, retry) then return res end
    local pause, left = pause_ms(res, retry, try), native.left()
    if pause > longest_pause or left and pause >= left then return res end
    res:close()
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
  local may_repeat = read.idempotent
  if may_repeat == nil then may_repeat = safe_again[method] end
  return M.attempt(client, ask, what, may_repeat)
end

return M
