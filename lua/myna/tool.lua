--- myna.tool: a Lua function the model may call.
local fields = require "myna.fields"
local guardrail = require "myna.guardrail"
local kinds = require "myna.kinds"
local mistakes = require "myna.mistakes"
local schema = require "myna.schema"

local M = {}
local make = kinds.new "tool"

local function approval(value)
  if type(value) == "boolean" or type(value) == "function" then return value end
  return nil, "expected true, false or function(args, ctx), got " .. kinds.describe(value)
end

local filler_rules = {
  say = { "words", required = true },
  after = { "duration", default = 700 },
  every = { "duration", default = 6000 },
  max = { "count", default = 2 },
}

local function filler(value)
  local out = fields.check("filler", value, filler_rules)
  if out.every and out.every < 1000 then mistakes.add "filler: every: expected at least 1s" end
  return out
end

local rules = {
  name = { "words", required = true },
  description = { "words", required = true },
  parameters = { "any" },
  execute = { "function", required = true },
  timeout = { "duration", default = 10000 },
  on_interrupt = { fields.one_of { "keep", "cancel" }, default = "keep" },
  is_enabled = { "function" },
  on_error = { "function" },
  once = { "boolean", default = false },
  filler = { filler },
  needs_approval = { approval, default = false },
  approval_timeout = { "duration", default = 60000 },
  approve_by = { fields.one_of { "operator", "caller" }, default = "operator" },
  input_guardrails = { guardrail.list },
  output_guardrails = { guardrail.list },
}

--- What the Realtime API takes as a function's name.
function M.check_name(what, name)
  if name and not name:find "^[%w_-]+$" then
    mistakes.add("%s: a tool's name is letters, digits, _ and - only", what)
  elseif name and #name > 64 then
    mistakes.add("%s: a tool's name has at most 64 characters", what)
  end
end

function M.new(spec)
  local what = fields.label("tool", spec)
  local tool = fields.check(what, spec, rules)
  M.check_name(what, tool.name)
  if tool.timeout and tool.timeout < 200 then
    mistakes.add("%s: timeout: expected at least 200ms", what)
  end
  tool.parameters = schema.checked(what .. ": parameters", tool.parameters)
  tool.at = native.where()
  return make(tool)
end

return M
