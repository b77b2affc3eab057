--- client_events and server_events (R73): an app's look at what passes between caller and agent,
--- and the events of its own that callers may send it.
local fields = require "myna.fields"
local kinds = require "myna.kinds"
local mistakes = require "myna.mistakes"

local M = {}

local whose = { client = "callers send", server = "callers are told of" }

--- One event the app looks at; the name must be one there is.
local function looks(what, side, name, known)
  local there = known[name]
  if there == "audio" then
    mistakes.field(name, "%s: audio never enters Lua", what)
  elseif not there and not name:find "^myna%." then
    mistakes.field(name, "%s: not an event that %s%s", what, whose[side],
      mistakes.hint(name, known))
  end
end

--- An event of the app's own: { fields =, act = }.
local own_rules = { fields = { "any" }, act = { "function", required = true } }

local function own(what, name, spec, known)
  if known[name] then
    mistakes.field(name, "%s: an event of the Realtime API; to look at it, write a function", what)
  elseif name:find "^myna%." then
    mistakes.field(name, "%s: names that begin with 'myna.' are Myna's own", what)
  end
  local out = fields.check(what, spec, own_rules)
  local schema = require "myna.schema"
  out.fields = schema.checked(what .. ": fields", out.fields)
  return out
end

local function reader(side)
  return function(value)
    if type(value) ~= "table" or kinds.of(value) then
      return nil, "expected a table of functions by event, got " .. kinds.describe(value)
    end
    local known, out = native.event_names(side), {}
    for name, spec in pairs(value) do
      local what = ("app: %s_events: %s"):format(side, tostring(name))
      if type(name) ~= "string" then
        mistakes.add("%s: expected the name of an event", what)
      elseif type(spec) == "function" then
        looks(what, side, name, known)
        out[name] = spec
      elseif side == "client" and type(spec) == "table" and not kinds.of(spec) then
        out[name] = own(what, name, spec, known)
      elseif not kinds.is_broken(spec) then
        mistakes.field(name, "%s: expected a function%s, got %s", what,
          side == "client" and " or { fields =, act = }" or "", kinds.describe(spec))
      end
    end
    return out
  end
end

--- Readers of the two fields of myna.app.
M.client, M.server = reader "client", reader "server"

--- What runtime/script/plan.c reads: a list, by name.
function M.export(events)
  local out = {}
  for name, spec in pairs(events or {}) do
    out[#out + 1] = { type = name, check = type(spec) == "table" and spec.fields.check or nil }
  end
  table.sort(out, function(a, b) return a.type < b.type end)
  return out
end

local function ask(plan, side, name, json)
  local context = require "myna.context"
  return plan.app[side][name](native.decode(json), context.new { agent = native.agent() })
end

--- Nothing: the event passes. false: it stops. JSON: that goes instead.
function M.look(plan, side, name, json)
  local errors = require "myna.errors"
  local ok, verdict = xpcall(ask, errors.caught, plan, side, name, json)
  if not ok then
    errors.log({}, ("%s: %s failed; the event passed"):format(side, name), verdict)
  elseif verdict == false then
    return false
  elseif type(verdict) == "table" and not kinds.of(verdict) then
    return M.write(side, name, verdict)
  elseif verdict ~= nil then
    errors.tell({}, "warn", ("%s: %s"):format(side, name),
      "expected nothing, false or an event, got " .. kinds.describe(verdict) .. "; it passed")
  end
end

function M.write(side, name, event)
  local errors = require "myna.errors"
  local ok, json, why = pcall(native.encode, event, "event")
  if ok and json then return json end
  errors.tell({}, "warn", ("%s: %s"):format(side, name),
    ("what it gave is no event: %s; the event passed"):format(ok and why or json))
end

--- An own event has come, its fields checked.
function M.act(plan, name, json)
  local arguments = require "myna.arguments"
  local context = require "myna.context"
  local errors = require "myna.errors"
  local spec = plan.app.client_events[name]
  local event = arguments.complete(spec.fields.schema, native.decode(json))
  local job = { agent = native.agent() }
  local ok, err = xpcall(spec.act, errors.caught, event, context.new(job))
  if not ok then errors.log(job, ("client_events: %s failed"):format(name), err) end
  return true, "", ""
end

return M
