--- The SDK's side of runtime/script/state.c: loading an app, and the session's jobs. Each job gives
--- ok, text and, for prepare, the names of disabled tools. Whatever an author's code does, the text
--- is fit for the model and the log has the rest (R11).
local arguments = require "myna.arguments"
local context = require "myna.context"
local fail = require "myna.fail"
local globals = require "myna.globals"
local kinds = require "myna.kinds"
local mistakes = require "myna.mistakes"
local pages = require "myna.pages"
local plans = require "myna.plan"
local result = require "myna.result"

local M = { mistakes = mistakes.list, warnings = mistakes.warnings }
local plan

local function print_line(...)
  local parts = table.pack(...)
  for i = 1, parts.n do parts[i] = tostring(parts[i]) end
  context.log("info", table.concat(parts, " "))
end

--- Runs the app's files. In a check, M.mistakes or M.plan is the outcome.
function M.load()
  pages.public = require "myna.init"
  globals.close(_G, { print = print_line, require = pages.require })
  plan = plans.make(pages.main())
  if not plan then return end
  if not native.checking() then return context.open(plan) end
  local export = require "myna.export"
  export.warn(plan)
  if #mistakes.list == 0 then M.plan = export.make(plan) end
end

--- An error as the log has it: the author's frames under the message.
local function on_error(err)
  if fail.is(err) then return err end
  local ok, text = pcall(tostring, err)
  return { traceback = native.traceback(ok and text or "an error that cannot be shown"), err = err }
end

local function log_failure(job, what, detail, level)
  context.log(level or "error", what, nil, { { "error", native.mask(detail) },
    { "agent", job.agent }, { "tool", job.tool }, { "call_id", job.call_id } })
end

--- The words for an error: the author's own by on_error, else safe ones.
local function words_for(tool, err, ctx, job)
  if not tool.on_error then return native.safe_words end
  local ok, words = xpcall(tool.on_error, on_error, err, ctx)
  if ok and type(words) == "string" and words ~= "" then return words end
  if not ok then log_failure(job, "on_error failed", words.traceback or tostring(words)) end
  return native.safe_words
end

local function failed(job, tool, caught, ctx)
  if fail.is(caught) then
    local at = caught.at or native.defined(tool.execute or tool.handoff.on_handoff)
    log_failure(job, "a tool gave up", at .. ": " .. (caught.detail or caught.words),
      "warn") -- as its author meant it
    return false, caught.words
  end
  log_failure(job, "a tool failed", caught.traceback)
  return false, words_for(tool, caught.err, ctx, job)
end

--- Whether is_enabled lets a tool be used. One that errs is off, and the log says so.
local function is_enabled(tool, ctx, job)
  if not tool.is_enabled then return true end
  local ok, yes = xpcall(tool.is_enabled, on_error, ctx)
  if ok then return yes and true or false end
  log_failure(job, "is_enabled failed", yes.traceback or tostring(yes))
  return false
end

local function instructions_of(agent, ctx)
  local given = agent.instructions
  if type(given) == "function" then given = given(ctx) end
  if kinds.of(given) == "file" then given = given:fill(ctx) end
  if type(given) == "string" then return given end
  error(("agent '%s': instructions gave %s instead of a string"):format(agent.name,
    kinds.describe(given)), 0)
end

function M.prepare(job)
  local entry = plan.entries[job.agent]
  local ctx = context.new(job)
  local ok, text = xpcall(instructions_of, on_error, entry.agent, ctx)
  if not ok then
    log_failure(job, "instructions failed", text.traceback or tostring(text))
    return false, native.safe_words
  end
  local disabled = {}
  for _, tool in ipairs(entry.tools) do
    if not is_enabled(tool, ctx, job) then disabled[#disabled + 1] = tool.name .. "\n" end
  end
  return true, text, table.concat(disabled)
end

--- The tool and its arguments, or nil and words.
local function accept(job, ctx, parameters)
  local entry = plan.entries[job.agent]
  local tool = entry and entry.tools_by_name[job.tool]
  if not tool then return nil, ("There is no tool named %s."):format(job.tool) end
  if not is_enabled(tool, ctx, job) then
    return nil, ("The tool %s is not available now."):format(job.tool)
  end
  local args, why = native.arguments(job.arguments, job.agent_place, job.tool_place)
  if not args then
    context.log("warn", "arguments refused", nil, { { "error", native.mask(why) },
      { "agent", job.agent }, { "tool", job.tool }, { "call_id", job.call_id } })
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
  local text, why = result.text(value)
  if text then return true, text end
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
  if given then return answer(job, tool, ctx, xpcall(give, on_error, native.decode(given))) end
  return answer(job, tool, ctx, xpcall(tool.execute, on_error, args, ctx))
end

local function execute_once(job, tool, args, ctx)
  local key = job.tool .. " " .. native.encode(args, "arguments")
  if not remembered[key] then
    local ok, text = execute(job, tool, args, ctx)
    if not ok then return false, text end
    remembered[key] = text
  end
  return true, remembered[key]
end

function M.tool(job)
  local ctx = context.new(job)
  local tool, args = accept(job, ctx, function(tool) return tool.parameters end)
  if not tool then return false, args end
  return (tool.once and execute_once or execute)(job, tool, args, ctx)
end

function M.handoff(job)
  local ctx = context.new(job)
  local tool, input = accept(job, ctx, function(tool) return tool.handoff.input end)
  if not tool then return false, input end
  if not tool.handoff.on_handoff then return true, "" end
  local ok, err = xpcall(tool.handoff.on_handoff, on_error, input, ctx)
  if ok then return true, "" end
  return failed(job, tool, err, ctx)
end

--- An agent's on_enter or on_exit.
local function step(name, hook)
  local entry = name and plan.entries[name]
  local run = entry and entry.agent[hook]
  if not run then return end
  local job = { agent = name }
  local ok, err = xpcall(run, on_error, context.new(job))
  if not ok then log_failure(job, hook .. " failed", err.traceback or tostring(err)) end
end

local function steps(name, event)
  if name == "call_start" then
    step(event.agent, "on_enter")
  elseif name == "agent_handoff" then
    step(event.from, "on_exit")
    step(event.to, "on_enter")
  elseif name == "call_end" then
    step(event.agent, "on_exit")
  end
end

--- Whether anything runs at an event.
function M.wants(name)
  if plan.app.on[name] then return true end
  if name ~= "call_start" and name ~= "agent_handoff" and name ~= "call_end" then return false end
  for _, entry in ipairs(plan.agents) do
    if entry.agent.on_enter or entry.agent.on_exit then return true end
  end
  return false
end

function M.note(name, json)
  local event = native.decode(json) or {}
  local handler = plan.app.on[name]
  local job = { agent = event.agent }
  if handler then
    local ok, err = xpcall(handler, on_error, event, context.new(job))
    if not ok then log_failure(job, "on." .. name .. " failed", err.traceback or tostring(err)) end
    if ok and err ~= nil then
      context.log("warn", ("on.%s: what it returns is not used in this version"):format(name))
    end
  end
  steps(name, event)
  return true, "", ""
end

function M.dump()
  return native.encode(context.state(), "ctx.state")
end

return M
