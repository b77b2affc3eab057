--- myna.guardrail: a check of what is said, of what the caller says, or of a tool's call. The list
--- it stands in says of what. And myna.block, which a check returns to stop it.
local fields = require "myna.fields"
local kinds = require "myna.kinds"
local mistakes = require "myna.mistakes"

local M = {}
local make = kinds.new "guardrail"
local make_block = kinds.new "block"

local most = 8 -- of one list: MN_GUARDRAILS_MAX
local least_ms = 10

local function every_chars(value)
  if value == false then return 0 end
  if math.type(value) == "integer" and value >= 1 and value <= 1000000 then return value end
  return nil, "expected a whole number from 1, or false for once at the end"
end

local rules = {
  name = { "words", required = true },
  check = { "function", required = true },
  every_chars = { every_chars, default = 100 },
  hold = { "boolean", default = false },
  on_error = { fields.one_of { "open", "closed" }, default = "open" },
  timeout = { "duration", default = 3000 },
}

function M.new(spec)
  local what = fields.label("guardrail", spec)
  local rail = fields.check(what, spec, rules)
  if rail.timeout and rail.timeout < least_ms then
    mistakes.add("%s: timeout: expected at least %dms", what, least_ms)
  end
  rail.at = native.where()
  return make(rail)
end

local block_rules = { say = { "words" }, policy_hint = { "words" }, info = { "any" } }

function M.block(spec)
  return make_block(fields.check("myna.block", spec or {}, block_rules))
end

--- A reader of fields: a list of guardrails, which may hold lists.
function M.list(value)
  if type(value) ~= "table" or kinds.of(value) then
    return nil, "expected a list of guardrails, got " .. kinds.describe(value)
  end
  local out, named, why = {}, {}, nil
  fields.each(value, function(rail)
    if kinds.is_broken(rail) then return end
    if kinds.of(rail) ~= "guardrail" then
      why = why or "expected a guardrail, got " .. kinds.describe(rail)
      return
    end
    if rail.name and named[rail.name] then
      why = why or ("two guardrails are named '%s'"):format(rail.name)
    end
    named[rail.name or ""] = true
    out[#out + 1] = rail
  end)
  if #out > most then why = why or ("at most %d guardrails"):format(most) end
  if why then return nil, why end
  return out
end

return M
