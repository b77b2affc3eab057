--- myna.calls(): the app's calls, for its routes: to list, and to speak in.
local fields = require "myna.fields"
local kinds = require "myna.kinds"
local share = require "myna.share"

local M = {}
local make, methods, meta = kinds.new "call"
meta.__name = nil -- a reply may hold one: it is written as its fields

local function raise(message, ...)
  error(native.place("myna.calls: " .. message:format(...)), 0)
end

--- A misspelt field would be nil, and quietly.
meta.__index = function(call, name)
  if methods[name] ~= nil then return methods[name] end
  local known = {}
  for word in pairs(methods) do known[word] = true end
  for word in next, call do known[word] = true end
  raise("a call has no '%s'%s", tostring(name),
    require "myna.mistakes".hint(tostring(name), known))
end

local function check(call, method)
  if kinds.of(call) ~= "call" then raise("write it with a colon: call:%s(...)", method) end
end

local function words(method, value)
  if type(value) == "string" and value:find "%S" then return value end
  raise("call:%s: expected words, got %s", method,
    value == "" and "an empty string" or kinds.describe(value))
end

local OVER = "the connection is closed" -- for whoever asks here: no such call on this worker

--- True; or nil and why not. Waits for the other worker, when the call is there.
local function order(call, word, text)
  local done, why = native.calls(word, call.id, text)
  if why == OVER and native.clusters() then done, why = native.call_ask(word, call.id, text) end
  if done then return true end
  return nil, why == OVER and "the call is over" or why
end

local say_rules = { interrupt = { "boolean" } }

--- call:say("words", { interrupt = false })
function methods:say(text, options)
  check(self, "say")
  local set = fields.check("call:say", options or {}, say_rules)
  return order(self, set.interrupt == false and "say_whole" or "say", words("say", text))
end

--- As if the caller had typed it.
function methods:send_text(text)
  check(self, "send_text")
  return order(self, "type", words("send_text", text))
end

local function first(value)
  if type(value) == "boolean" then return value end
  if type(value) == "table" and type(value.instructions) == "string" then return value end
  return nil, "expected true, false or { instructions = \"...\" }, got " .. kinds.describe(value)
end

local function history(value)
  if type(value) == "function" then
    return nil, "expected \"all\", \"none\" or { last = n }: a function is for ctx:handoff"
  end
  return share.read(value)
end

local handoff_rules = { history = { history, default = "all" }, say = { "words" },
  reply = { first, default = true } }

--- call:handoff("Billing", { history = "none", say = "..." })
function methods:handoff(agent, options)
  check(self, "handoff")
  local name = kinds.of(agent) == "agent" and agent.name or agent
  if type(name) ~= "string" then
    raise("call:handoff: expected an agent or its name, got %s", kinds.describe(agent))
  end
  local set = fields.check("call:handoff", options or {}, handoff_rules)
  local done, why = order(self, "handoff", native.encode { agent = name, say = set.say,
    last = share.last(set.history), silent = set.reply == false and not set.say or nil,
    reply = type(set.reply) == "table" and set.reply.instructions or nil })
  if done then return true end
  if why == "no such thing" then return nil, ("the app has no agent '%s'"):format(name) end
  if why == "the call is over" then return nil, why end
  return nil, ("the call cannot move to '%s' now: it is there, it moves already, or it moved too "
    .. "often in this turn"):format(name)
end

function methods:interrupt()
  check(self, "interrupt")
  return order(self, "interrupt")
end

--- Once what is being said has been heard.
function methods:hang_up(reason)
  check(self, "hang_up")
  return order(self, "hang_up", reason and words("hang_up", reason) or "")
end

--- What ctx.state holds there, now: all of it, or these names. Waits a moment; nil and why when the
--- call is over.
function methods:state(...)
  check(self, "state")
  local json, why = native.call_ask("state", self.id)
  if not json then return nil, why == OVER and "the call is over" or why end
  local all = native.decode(json)
  if select("#", ...) == 0 then return all end
  local some = {}
  for _, name in ipairs { ... } do some[name] = all[name] end
  return some
end

--- myna.calls(): all, oldest first; myna.calls(id): that one, or nil.
function M.list(id)
  if native.loading() then
    error(native.place "myna.calls cannot be used while a file is loading: use it in a route", 0)
  end
  if not native.serves() then
    error(native.place "myna.calls is for routes; in a call use ctx, as in ctx:say", 0)
  end
  if id ~= nil and (type(id) ~= "string" or id == "") then
    raise("expected a call's id or nothing, got %s", kinds.describe(id))
  end
  local ask = native.clusters() and native.call_ask or native.calls
  local json, why = ask("list", id)
  if id and why == OVER then return nil end
  if not json then return nil, why end
  local list = native.decode(json)
  for i, call in ipairs(list) do list[i] = make(call) end
  if id then return list[1] end
  return list
end

return M
