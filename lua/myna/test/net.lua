--- The servers behind the app, as a scenario has them: app.http:on("GET /path"):replies { ... }.
local book = require "myna.test.book"
local hint = require "myna.test.hint"
local match = require "myna.test.match"
local stage = require "myna.test.stage"

local M = { api = {} } -- api: who answers a request of the API, by its path
local rules = {} -- the newest that fits and has answers left serves

--- The parts of a URL a rule may name.
local function parts_of(url)
  local host, rest = url:match "^(%a+://[^/?]*)(.*)$"
  local path, query = (rest or url):match "^([^?]*)%??(.*)$"
  return host, path == "" and "/" or path, query
end

local function unescape(text)
  return (text:gsub("+", " "):gsub("%%(%x%x)", function(hex)
    return string.char(tonumber(hex, 16))
  end))
end

local function query_of(text)
  local query = {}
  for key, value in text:gmatch "([^&=]+)=?([^&]*)" do query[unescape(key)] = unescape(value) end
  return query
end

--- "/patients/{id}" as a pattern.
local function pattern_of(path)
  local escaped = path:gsub("[%-%.%+%[%]%(%)%$%^%%%?%*]", "%%%0")
  return "^" .. escaped:gsub("{[%w_]+}", "[^/]+") .. "$"
end

local function rule_of(request)
  local method, url = tostring(request):match "^(%u+) (.+)$"
  if not method or not url:find "^/" and not url:find "^%a+://" then
    error(("app.http:on: expected \"GET /path\", got '%s'"):format(tostring(request)), 0)
  end
  local host, path, query = parts_of(url)
  return { method = method, host = host, pattern = pattern_of(path), query = query_of(query) }
end

local function fits(rule, request)
  return rule.method == request.method and (not rule.host or rule.host == request.host)
    and request.path:find(rule.pattern) ~= nil and match.same(rule.query, request.query)
end

--- A request as scenarios look at it.
function M.request(record)
  local value = record.value
  if not value.path then
    local query
    value.host, value.path, query = parts_of(value.url)
    value.query = query_of(query)
    local headers = {}
    for i = 1, #value.headers, 2 do headers[value.headers[i]:lower()] = value.headers[i + 1] end
    value.headers = headers
    value.json = native.decode(value.body)
  end
  return value
end

function M.show(request)
  return request.method .. " " .. request.url:gsub("^%a+://[^/]*", "")
end

local known = { status = true, json = true, text = true, body = true, headers = true, after = true }

local function answer_of(reply)
  for _, key in ipairs(hint.sorted(reply)) do
    if not known[key] then
      error(("replies: unknown field '%s'%s"):format(tostring(key),
        hint.near(key, hint.sorted(known))), 0)
    end
  end
  local headers, kind = {}, reply.json ~= nil and "application/json" or "text/plain"
  for _, name in ipairs(hint.sorted(reply.headers or {})) do
    headers[#headers + 1] = name:lower()
    headers[#headers + 1] = tostring(reply.headers[name])
    if name:lower() == "content-type" then kind = nil end
  end
  if kind then headers[#headers + 1], headers[#headers + 2] = "content-type", kind end
  return { status = reply.status or 200, headers = headers,
    body = reply.json ~= nil and native.encode(reply.json) or reply.body or reply.text or "" },
    reply.after and book.ms(reply.after, "after") or 0
end

local function unexpected(request)
  stage.fail(stage.here(), "the app sent %s, and no line answers it; add above:\n"
    .. "  app.http:on(\"%s %s\"):replies { json = {} }", M.show(request), request.method,
    request.path)
end

stage.on.http = function(record)
  local request = M.request(record)
  for i = #rules, 1, -1 do
    local rule = rules[i]
    if rule.serve and rule.left > 0 and fits(rule, request) then
      rule.left = rule.left - 1
      record.answer = rule.serve(request)
      return
    end
  end
  local own = M.api[request.api]
  if own then return own(record) end
  record.answer = "refused"
  native.reply(request.id, { err = "refused" }, 0)
  unexpected(request)
end

--- What a rule does with a request; each returns what the time line says.
local acts = {}

--- { status =, json = | text =, headers =, after = }, or function(request) giving one.
function acts.replies(reply)
  if type(reply) ~= "function" then answer_of(reply or {}) end -- a mistake is told at its line
  return function(request)
    local given = type(reply) == "function" and reply(request) or reply or {}
    local answer, delay_ms = answer_of(given)
    native.reply(request.id, answer, delay_ms)
    return ("%d%s"):format(answer.status, delay_ms > 0 and (" after %d ms"):format(delay_ms) or "")
  end
end

function acts.refuses()
  return function(request)
    native.reply(request.id, { err = "refused" }, 0)
    return "refused"
  end
end

--- No answer ever: the app's own time-out ends it.
function acts.stalls()
  return function() return "stalls" end
end

function acts.fails(status)
  return acts.replies { status = status or 500, json = {} }
end

--- app.http:on "GET /path": the newest rule for a request wins, as long as its `times` last.
function M:on(request)
  local rule = rule_of(request)
  rules[#rules + 1] = rule
  local verbs = {}
  for verb, act in pairs(acts) do
    verbs[verb] = function(_, given, options)
      rule.serve = act(given)
      local bounds = options or (verb == "refuses" or verb == "stalls") and given
      rule.left = bounds and bounds.times or math.huge
    end
  end
  return hint.party("app.http:on(...)", verbs, {})
end

return M
