--- The SDK's side of runtime/script/state.c: loading an app, and the session's jobs. Each job gives
--- ok, text and, for prepare, the names of disabled tools. Whatever an author's code does, the text
--- is fit for the model and the log has the rest (R11).
local context = require "myna.context"
local errors = require "myna.errors"
local globals = require "myna.globals"
local instructions = require "myna.instructions"
local kinds = require "myna.kinds"
local pages = require "myna.pages"
local plans = require "myna.plan"

local M = {} -- in a check: mistakes, warnings, and plan when there is no mistake
local plan

local function print_line(...)
  local parts = table.pack(...)
  for i = 1, parts.n do parts[i] = tostring(parts[i]) end
  context.log("info", table.concat(parts, " "))
end

--- Runs the app's files. In a check, M.mistakes or M.plan is the outcome.
function M.load()
  local mistakes = native.checking() and require "myna.mistakes"
  if mistakes then M.mistakes, M.warnings = mistakes.list, mistakes.warnings end
  pages.public = require "myna.init"
  globals.close(_G, { print = print_line, require = pages.require })
  plan = plans.make(pages.main())
  if not plan then return end
  if not mistakes then return context.open(plan) end
  local export = require "myna.export"
  export.warn(plan)
  if #mistakes.list == 0 then M.plan = export.make(plan) end
end

function M.prepare(job)
  local entry = plan.entries[job.agent]
  local ctx = context.new(job)
  local ok, text = xpcall(instructions, errors.caught, entry.agent, ctx)
  if not ok then
    errors.log(job, "instructions failed", text)
    return false, native.safe_words
  end
  local prompt
  if entry.agent.prompt then
    ok, prompt = xpcall(require "myna.prompt".current, errors.caught, entry.agent, ctx)
    if not ok then
      errors.log(job, "the prompt's variables failed", prompt)
      return false, native.safe_words
    end
  end
  local disabled = {}
  for _, tool in ipairs(entry.tools) do
    if not errors.is_enabled(tool, ctx, job) then disabled[#disabled + 1] = tool.name .. "\n" end
  end
  return true, text, table.concat(disabled), prompt
end

--- Whether anything runs at an event. on.call_start runs before it, as a job of its own.
function M.wants(name)
  if plan.app.on[name] and name ~= "call_start" then return true end
  if name ~= "call_start" and name ~= "agent_handoff" and name ~= "call_end" then return false end
  for _, entry in ipairs(plan.agents) do
    if entry.agent.on_enter or entry.agent.on_exit then return true end
  end
  return false
end

--- The pages of what not every call comes to are loaded when it does.
function M.call_start(job) return require "myna.opening".call_start(plan, job) end
function M.tool(job) return require "myna.jobs".called(plan, job) end
function M.prelude(job) return require "myna.jobs".prelude(plan, job) end
function M.check(job) return require "myna.checks".check(plan, job) end
function M.approval(job) return require "myna.jobs".approval(plan, job) end
function M.handoff(job) return require "myna.jobs".handoff(plan, job) end
function M.look(side, name, json) return require "myna.traffic".look(plan, side, name, json) end
function M.act(name, json) return require "myna.traffic".act(plan, name, json) end
function M.route(key, head, body) return require "myna.route".run(plan, key, head, body) end
function M.reload(_, json) return require "myna.route".reload(plan, json) end
function M.note(name, json) return require "myna.events".note(plan, name, json) end

local function shown(value)
  if type(value) == "table" and not kinds.of(value) then
    local ok, json = pcall(native.encode, value, "value")
    if ok and json then return json end
  end
  return kinds.of(value) and kinds.describe(value) or tostring(value)
end

--- What a line typed by an author gives, as text.
function M.eval(line)
  local values = table.pack(line(context.new { agent = native.agent() }))
  for i = 1, values.n do values[i] = shown(values[i]) end
  return table.concat(values, ", ", 1, values.n)
end

function M.dump()
  return native.encode(context.state(), "ctx.state")
end

return M
