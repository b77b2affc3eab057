--- What ready-made guardrails share. Each takes the fields of myna.guardrail as well, and the say
--- and policy_hint of what it blocks with; and stands in any list: of what is said, or of a tool's
--- calls.
local kinds = require "myna.kinds"
local new = native.checking() and require "myna.guardrail".new or require "myna.proved".guardrail

local M = {}

--- The text a check is given: what is said, or what a tool's call holds.
function M.text(given)
  if type(given) == "string" then return given end
  return given.output or native.encode(given.args, "args")
end

--- A guardrail of rail's, with the fields of spec that are not rules'.
function M.with(spec, rules, rail)
  for name, value in pairs(spec) do
    if not rules[name] and math.type(name) == nil and not M.blocks[name] then rail[name] = value end
  end
  return new(rail)
end

M.blocks = { say = { "words" }, policy_hint = { "words" } }

--- What a check returns to block.
function M.block(spec, info, hint)
  return require "myna.guardrail".block { say = spec.say,
    policy_hint = spec.policy_hint or hint, info = info }
end

--- Whether spec's own fields are right; told when they are not. word: "moderation".
function M.check(word, spec, rules)
  local what = "myna.guardrails." .. word
  if type(spec) ~= "table" or kinds.of(spec) then
    require "myna.mistakes".add("%s: expected a table, got %s", what, kinds.describe(spec))
    return false
  end
  if not native.checking() then return true end
  local list = require "myna.mistakes".list
  local own, before, all = {}, #list, {}
  for name, rule in pairs(rules) do all[name] = rule end
  for name, rule in pairs(M.blocks) do all[name] = rule end
  for name in pairs(all) do own[name] = spec[name] end
  require "myna.fields".check(what, own, all)
  return #list == before
end

--- The list of a spec's own values, each read by reader(value): true, or false and what is wrong.
function M.list(word, spec, expected, reader)
  local list = {}
  for i, value in ipairs(spec) do
    local ok, why = reader(value)
    if not ok then
      require "myna.mistakes".add("myna.guardrails.%s: %s", word, why)
      return nil
    end
    list[i] = value
  end
  if #list > 0 then return list end
  require "myna.mistakes".add("myna.guardrails.%s: expected %s", word, expected)
end

return M
