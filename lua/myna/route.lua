--- A route at work, in the front state: from a request to a reply. Whatever an author's code does,
--- who asked gets safe words and the log has the rest.
local errors = require "myna.errors"
local fail = require "myna.fail"
local kinds = require "myna.kinds"

local M = {}

local make, methods = kinds.new "request"
local make_refusal = kinds.new "refusal"

--- The body as JSON. Who sent none is told so, with 400.
function methods:json()
  local value, why = native.decode(self.body)
  if value == nil and why then
    error(make_refusal { status = 400, code = "invalid_json",
      message = "The body is not JSON: " .. why .. "." }, 0)
  end
  return value
end

local any_case = { __index = function(headers, name)
  return type(name) == "string" and rawget(headers, name:lower()) or nil
end }

--- A list of pairs as a table; the first of a name counts.
local function table_of(pairs_given)
  local out = {}
  for _, pair in ipairs(pairs_given) do
    if out[pair[1]] == nil then out[pair[1]] = pair[2] end
  end
  return out
end

local function request(key, head, body)
  local given = native.decode(head)
  return make { method = given.method, path = given.path, route = key, peer = given.peer,
    params = table_of(given.params), query = table_of(given.query), user = given.user,
    headers = setmetatable(table_of(given.headers), any_case), body = body }
end

local function refusal(status, kind, code, message)
  return ("%d\nContent-Type: application/json"):format(status),
    native.encode { error = { message = message, type = kind, code = code, param = native.null } }
end

--- What a client is told of a route that failed.
local function failed(key, err)
  if kinds.of(err) == "refusal" then
    return refusal(err.status, "invalid_request_error", err.code, err.message)
  end
  local what = ("route '%s' failed"):format(key)
  if fail.is(err) then
    errors.tell({}, "error", what, (err.at and err.at .. ": " or "") .. (err.detail or err.words))
    return refusal(500, "server_error", "route_failed", err.words)
  end
  errors.log({}, what, err)
  return refusal(500, "server_error", "route_failed",
    "This did not work. The server's log says why.")
end

--- For xpcall: what tells the client stays what it is.
local function caught(err)
  return kinds.of(err) == "refusal" and err or errors.caught(err)
end

local function read(plan, key, value)
  if key:find "^WS " then return require "myna.dialled".read(plan, value) end
  return require "myna.reply".read(value)
end

function M.run(plan, key, head, body)
  local ok, first, second = xpcall(function()
    return read(plan, key, plan.app.routes[key].act(request(key, head, body)))
  end, caught)
  if ok then return first, second end
  return failed(key, first)
end

function M.reload(plan, json)
  local ok, err = xpcall(plan.app.on.reload, errors.caught, native.decode(json))
  if not ok then errors.log({}, "on.reload failed", err) end
  return "", ""
end

return M
