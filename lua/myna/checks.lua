--- Guardrails at work: the session's checks of what is said (R40, R44), and those of a tool's calls
--- (R45).
local arguments = require "myna.arguments"
local context = require "myna.context"
local errors = require "myna.errors"
local kinds = require "myna.kinds"
local result = require "myna.result"

local M = {}

local refusal = "This was refused by a policy of this service. Tell the caller that it is not "
  .. "possible."

--- What a check returned: nil when it passes, else what it blocks with.
local function read(value)
  if value == nil or kinds.of(value) == "block" then return value end
  if type(value) == "table" and not kinds.of(value) then
    if value.tripwire_triggered == false then return nil end
    if value.tripwire_triggered == true then return { info = value.output_info } end
  end
  error(("expected the check to return nothing, myna.block or { tripwire_triggered = }, got %s")
    :format(kinds.describe(value)), 0)
end

local function shown(info)
  local ok, json = pcall(native.encode, info, "info")
  return ok and json and info or tostring(info)
end

local function encoded(block)
  return native.encode { say = block.say, policy_hint = block.policy_hint,
    info = block.info ~= nil and shown(block.info) or nil }
end

local function failed(job, rail, caught)
  errors.log(job, ("guardrail '%s' failed"):format(rail.name), caught)
end

--- A check of the session's: ok, and empty text when it passes. Its time is the session's matter.
function M.check(plan, job)
  local entry = plan.entries[job.agent]
  local rail = (job.input and entry.input_guardrails or entry.output_guardrails)[job.place]
  local ok, block = xpcall(function()
    return read(rail.check(job.text, context.new(job)))
  end, errors.caught)
  if ok then return true, block and encoded(block) or "" end
  failed(job, rail, block)
  return false, ""
end

--- Runs one on a tool's call. Gives what it blocks with and what it changes, if it does.
local function run(job, rail, call, ctx, changes)
  local ok, block, change = false, nil, nil
  local function body()
    ok, block = xpcall(function()
      local value = rail.check(call, ctx)
      if type(value) == "table" and not kinds.of(value) and value[changes] ~= nil then
        change = value[changes]
        return nil
      end
      return read(value)
    end, errors.caught)
    return true
  end
  if native.all({ body }, rail.timeout, "a guardrail") == "timeout" then
    ok, block = false, { traceback = "it took too long" }
  end
  if ok then return block, change end
  failed(job, rail, block)
  return rail.on_error == "closed" and {} or nil
end

--- Tells of it, and gives the words for the model.
local function refuse(job, rail, on, block)
  native.order("tripped", native.encode { name = rail.name, on = on, tool = job.tool,
    call_id = job.call_id, info = block.info ~= nil and shown(block.info) or nil })
  return block.say or block.policy_hint or refusal
end

--- What a guardrail changed is held to the schema as what the model gave is.
local function changed(job, tool, rail, args)
  local ok, json = pcall(native.encode, args, "args")
  local value, why
  if ok and json then value, why = native.arguments(json, job.agent_place, job.tool_place) end
  if value then return arguments.complete(tool.parameters.schema, value) end
  failed(job, rail, { traceback = "the arguments it gave were not accepted: "
    .. tostring(why or json) })
end

--- Before a tool runs: its arguments, as they are now; or nil, and words.
function M.before(job, tool, args, ctx)
  for _, rail in ipairs(tool.input_guardrails) do
    local call = { tool = job.tool, call_id = job.call_id, args = args }
    local block, change = run(job, rail, call, ctx, "args")
    if change ~= nil then
      args = changed(job, tool, rail, change) or rail.on_error ~= "closed" and args
      if not args then block = {} end
    end
    if block then return nil, refuse(job, rail, "tool_input", block) end
  end
  return args
end

--- After it: the text for the model.
function M.after(job, tool, args, text, ctx)
  for _, rail in ipairs(tool.output_guardrails) do
    local call = { tool = job.tool, call_id = job.call_id, args = args, output = text }
    local block, change = run(job, rail, call, ctx, "output")
    if block then return refuse(job, rail, "tool_output", block) end
    if change ~= nil then
      local new, why = result.text(change)
      if not new then failed(job, rail, { traceback = why }) end
      text = new or text
    end
  end
  return text
end

return M
