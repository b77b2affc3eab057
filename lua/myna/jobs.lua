--- The session's jobs that run a tool, and what its end is to the model. Whatever an author's code
--- does, the text is fit for the model and the log has the rest (R11).
local arguments = require "myna.arguments"
local context = require "myna.context"
local errors = require "myna.errors"
local fail = require "myna.fail"
local result = require "myna.result"

local M = {}

--- The words for an error: the author's own by on_error, else safe ones.
local function words_for(tool, err, ctx, job)
  if not tool.on_error then return native.safe_words end
  local ok, words = xpcall(tool.on_error, errors.caught, err, ctx)
  if ok and type(words) == "string" and words ~= "" then return words end
  if not ok then errors.log(job, "on_error failed", words) end
  return native.safe_words
end

--- The author's line that says what a tool does; of one that asks a text agent, where it was made.
local function line_of(tool)
  if tool.asks then return tool.at end
  return native.defined(tool.execute or tool.handoff.on_handoff or tool.handoff.history)
end

local function failed(job, tool, caught, ctx)
  if fail.is(caught) then
    local at = caught.at or line_of(tool)
    errors.tell(job, "warn", "a tool gave up", at .. ": " .. (caught.detail or caught.words))
    return false, caught.words
  end
  if type(caught.traceback) == "string" and not caught.traceback:find "^[^\n]-:%d+: " then
    -- a word of the SDK that raised in a `return` has no line of the author's: the tool's own, then
    caught.traceback = line_of(tool) .. ": " .. caught.traceback
  end
  errors.log(job, "a tool failed", caught)
  return false, words_for(tool, caught.err, ctx, job)
end

--- The tool and its arguments, or nil and words.
local function accept(plan, job, ctx, parameters)
  local entry = job.entry or plan.entries[job.agent] -- a text agent's is its own
  local tool = entry and entry.tools_by_name[job.tool]
  if not tool then return nil, ("There is no tool named %s."):format(job.tool) end
  if not errors.is_enabled(tool, ctx, job) then
    return nil, ("The tool %s is not available now."):format(job.tool)
  end
  local args, why = native.arguments(job.arguments, job.agent_place, job.tool_place)
  if not args then
    errors.tell(job, "warn", "arguments refused", why)
    return nil, "The arguments were not accepted: " .. why
  end
  return tool, arguments.complete(parameters(tool).schema, args)
end

local function answer(job, tool, ctx, ok, ...)
  if not ok then return failed(job, tool, (...), ctx) end
  local value, failure = result.sort(...)
  if failure then
    if type(failure) == "string" then failure = { traceback = failure, err = failure } end
    return failed(job, tool, failure, ctx)
  end
  local text, why, picture = result.text(value)
  if text then return true, text, picture end
  return failed(job, tool, { traceback = why, err = why }, ctx)
end

local remembered = {} -- of tools with `once`: by tool and arguments

--- What a test's function gave instead of the tool.
local function give(given)
  if given.error then error(given.error, 0) end
  return given.value, given.words
end

local function execute(job, tool, args, ctx)
  local given = native.stand_in(job.tool, job.arguments)
  if given then return answer(job, tool, ctx, xpcall(give, errors.caught, native.decode(given))) end
  return answer(job, tool, ctx, xpcall(tool.execute, errors.caught, args, ctx))
end

local function execute_once(job, tool, args, ctx)
  local key = job.tool .. " " .. native.encode(args, "arguments")
  if not remembered[key] then
    local ok, text, picture = execute(job, tool, args, ctx)
    if not ok then return false, text end
    remembered[key] = { text = text, picture = picture }
  end
  return true, remembered[key].text, remembered[key].picture
end

--- Between its guardrails (R45).
local function guarded(job, tool, args, ctx)
  if tool.input_guardrails then
    local words
    args, words = require "myna.checks".before(job, tool, args, ctx)
    if not args then return false, words end
  end
  local ok, text, picture = (tool.once and execute_once or execute)(job, tool, args, ctx)
  if tool.output_guardrails then
    local checked = require "myna.checks".after(job, tool, args, text, ctx)
    if checked ~= text then text, picture = checked, nil end -- what it replaces is not shown
  end
  return ok, text, picture
end

local function parameters_of(tool) return tool.parameters end

--- Whether this call of a tool needs an approval: its text says "wait", or nothing.
function M.approval(plan, job)
  local ctx = context.new(job)
  local tool, args = accept(plan, job, ctx, parameters_of)
  if not tool then return false, args end
  if type(tool.needs_approval) ~= "function" then return true, "wait" end
  local ok, needed = xpcall(tool.needs_approval, errors.caught, args, ctx)
  if not ok then return failed(job, tool, needed, ctx) end
  return true, needed and "wait" or ""
end

--- What a tool gave: ok, the text, and its picture if it returned one.
function M.tool(plan, job)
  local ctx = context.new(job)
  local tool, args = accept(plan, job, ctx, parameters_of)
  if not tool then return false, args end
  return guarded(job, tool, args, ctx)
end

--- The same for the model, which is shown the picture.
function M.called(plan, job)
  local ok, text, picture = M.tool(plan, job)
  if picture then text = require "myna.image".shown(picture) end
  return ok, text
end

--- One that is not enabled now is as if the prelude did not name it. Safe words are for a caller
--- who asked for something: the session has others.
function M.prelude(plan, job)
  local tool = plan.entries[job.agent].tools_by_name[job.tool]
  if not errors.is_enabled(tool, context.new(job), job) then return false, "", "absent" end
  local ok, text = M.tool(plan, job)
  return ok, not ok and text == native.safe_words and "" or text
end

--- What of the history goes along, as the session reads it; "" for what it knows by itself.
local function hand_over(handoff, input, ctx)
  if handoff.on_handoff then handoff.on_handoff(input, ctx) end
  if type(handoff.history) ~= "function" then return "" end
  return require "myna.share".choose(handoff.history, ctx)
end

function M.handoff(plan, job)
  local ctx = context.new(job)
  local tool, input = accept(plan, job, ctx, function(tool) return tool.handoff.input end)
  if not tool then return false, input end
  local ok, given = xpcall(hand_over, errors.caught, tool.handoff, input, ctx)
  if ok then return true, given end
  return failed(job, tool, given, ctx)
end

return M
