--- What of ctx is looked up when it is first used: the orders an author gives the call, and the
--- history.
local context = require "myna.context"
local kinds = require "myna.kinds"
local mistakes = require "myna.mistakes"

local M = {}
local methods = {}

local function words(method, value)
  if type(value) == "string" and value ~= "" then return value end
  error(("ctx:%s: expected words, got %s"):format(method,
    value == "" and "an empty string" or kinds.describe(value)), 3)
end

local say_rules = { interrupt = { "boolean" }, wait = { "boolean" } }

--- ctx:say("words", { interrupt = false }), or ctx:say { "words", interrupt = false }.
function methods:say(text, options)
  if type(text) == "table" and not kinds.of(text) then
    local spec = text
    text, options = spec[1] or words("say", spec), {}
    for name, value in pairs(spec) do
      if name ~= 1 then options[name] = value end
    end
  end
  local set = options and require "myna.fields".check("ctx:say", options, say_rules) or {}
  local done, why = native.order(set.interrupt == false and "say_whole" or "say",
    words("say", text))
  if not done or not set.wait then return done, why end
  return require "myna.keypad".heard()
end

local play_rules = { text = { "words" }, interrupt = { "boolean" }, wait = { "boolean" } }

--- R9: a WAV of the app's folder, in its turn. text: what is said in it, as the model will know it.
function methods:play(path, options)
  local set = options and require "myna.fields".check("ctx:play", options, play_rules) or {}
  local done, why = native.play(words("play", path), set.text, set.interrupt == false)
  if done == false then error("ctx:play: " .. why, 2) end
  if not done or not set.wait then return done, why end
  return require "myna.keypad".heard()
end

--- A picture for the model: bytes of a PNG or JPEG, or the path of one in the app's folder.
function methods:send_image(picture, options)
  return require "myna.image".send(picture, options)
end

--- A point of the author's own, in the log and in the records of scenarios.
function methods:trace(name, fields)
  if type(name) ~= "string" or not name:find "^[%w_.:-]+$" or #name > 64 then
    error("ctx:trace: expected a name of letters, digits, _ . : and -, at most 64", 2)
  end
  if fields ~= nil and (type(fields) ~= "table" or kinds.of(fields)) then
    error("ctx:trace: expected a table of fields, got " .. kinds.describe(fields), 2)
  end
  local point = { name = name, agent = self.agent, tool = self.tool, fields = fields or {} }
  local json, why = native.encode(point, "trace", native.limit())
  if not json then
    error("ctx:trace: " .. (why == "too large" and "more than a tool may return (script-result)"
      or why), 2)
  end
  native.trace(json)
  context.log("info", "trace", fields, { { "point", name }, { "agent", self.agent },
    { "tool", self.tool } })
end

--- R38: waits for the keys the caller presses. Neither the model nor the log sees them.
function methods:collect_digits(options)
  return require "myna.keypad".collect(self, options)
end

function methods:reply(options)
  if options == nil then return native.order("reply", "") end
  local fields = require "myna.fields"
  local set = fields.check("ctx:reply", options, { instructions = { "words" } })
  return native.order("reply", set.instructions or "")
end

function methods:handoff(agent, options)
  return require "myna.move".handoff(self, agent, options)
end

--- R26: instructions and tools are looked at again; the model is told of what changed.
function methods:refresh()
  return native.order "refresh"
end

function methods:interrupt()
  return native.order "interrupt"
end

function methods:hang_up(reason)
  return native.order("hang_up", reason and words("hang_up", reason) or "")
end

--- An event to the caller's client.
function methods:send(event)
  if type(event) ~= "table" or kinds.of(event) or type(event.type) ~= "string" then
    error("ctx:send: expected an event, { type = \"...\", ... }", 2)
  end
  if event.type:find "audio%.delta$" then error("ctx:send: audio is not Lua's to send", 2) end
  local json, why = native.encode(event, "event")
  if not json then error("ctx:send: " .. why, 2) end
  return native.order("send", json)
end

--- For the caller's client: true, or nil and why when it is none that asked for Myna's events.
local function client(method, event)
  local done, why = native.order("ours", native.encode(event))
  if done or why ~= "no such thing" then return done, why end
  return nil, ("the caller's client does not take ctx:%s (ask with ?events=myna)"):format(method)
end

--- The caller's client is asked to connect them to somebody else: a number, or an address.
function methods:transfer_call(to)
  return client("transfer_call", { type = "myna.transfer", to = words("transfer_call", to) })
end

--- The caller's client is asked to press keys on their line.
function methods:send_dtmf(keys)
  if type(keys) ~= "string" or not keys:find "^[%d*#A-D]+$" or #keys > 64 then
    error("ctx:send_dtmf: expected keys such as \"123#\"", 2)
  end
  return client("send_dtmf", { type = "myna.send_dtmf", digits = keys })
end

--- These words answer the model's call now; the tool goes on, and its result is told later.
function methods:progress(text)
  words("progress", text)
  if not self.tool then error("ctx:progress: only a tool has a call to answer", 2) end
  return native.of_tool("progress", context.call_id(self), text)
end

function methods:approve(call_id)
  return native.of_tool("approve", words("approve", call_id))
end

--- why: words for the model.
function methods:reject(call_id, why)
  return native.of_tool("reject", words("reject", call_id), why and words("reject", why) or "")
end

--- A tool of the agent's, with its checks.
function methods:call_tool(name, args)
  return require "myna.call_tool".call(self, name, args)
end

--- ctx.say("Hi.") is easily written, and its first word would be taken for ctx.
for name, method in pairs(methods) do
  methods[name] = function(self, ...)
    if getmetatable(self) ~= "ctx" then
      error(("ctx:%s: write ctx:%s(...), with a colon"):format(name, name), 2)
    end
    return method(self, ...)
  end
end

--- Seconds this function still has; nil when nothing limits it.
local function deadline()
  local left = native.left()
  return left and left / 1000
end

--- The value of ctx's field, which is none of those in own; raises at the author's line.
function M.find(name, own)
  if methods[name] ~= nil then return methods[name] end
  if name == "history" then return require "myna.history" end
  if name == "usage" then
    local usage = native.usage()
    usage.text = context.text_usage or context.no_text_usage()
    return usage
  end
  if name == "deadline" then return deadline() end
  local known = { history = true, usage = true, deadline = true }
  for word in pairs(own) do known[word] = true end
  for word in pairs(methods) do known[word] = true end
  error(("ctx has no '%s'%s"):format(tostring(name), mistakes.hint(name, known)), 2)
end

return M
