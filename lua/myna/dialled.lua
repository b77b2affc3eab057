--- What a WS route returned: the call it opens, or why it opens none.
local fields = require "myna.fields"
local kinds = require "myna.kinds"

local M = {}

local rules = {
  agent = { "words" }, user = { "any" }, state = { "table" }, meta = { "table" },
  from = { "words" }, to = { "words" }, channel = { "words" },
  dialect = { fields.one_of { "ga", "beta" } }, greeting = { "boolean", default = true },
}

local function wrong(format, ...)
  error(("the reply: " .. format):format(...), 0)
end

local function check_agent(plan, name)
  if name and not plan.by_name[name] then
    wrong("call: no agent is named '%s'%s", name, require "myna.mistakes".hint(name, plan.by_name))
  end
end

local function opened(plan, given)
  local call = fields.check("the reply: call", given, rules)
  check_agent(plan, call.agent)
  local json, why = native.encode(call, "the reply: call", native.limit())
  if json then return "101", json end
  if why == "too large" then
    wrong("call: over %d KB, the most a route may answer (route-reply)", native.limit() // 1024)
  end
  error(why, 0)
end

--- Gives a head and a body: "101" and the call as JSON, or a reply with a status that refuses.
function M.read(plan, value)
  if type(value) == "table" and not kinds.of(value) and value.call ~= nil then
    for name in pairs(value) do
      if name ~= "call" then wrong("it has both call and %s", tostring(name)) end
    end
    return opened(plan, value.call)
  end
  local is_refusal = type(value) == "table" and not kinds.of(value)
    and math.type(value.status) == "integer" and value.status >= 400
  if not is_refusal then
    wrong("a WS route returns { call = { ... } }, or { status = 403, text = \"why\" } to refuse")
  end
  return require "myna.reply".read(value)
end

return M
