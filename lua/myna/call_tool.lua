--- ctx:call_tool(name, args): a tool of the agent's run by script, with the checks that a model's
--- call of it would meet.
local context = require "myna.context"
local errors = require "myna.errors"
local jobs = require "myna.jobs"
local kinds = require "myna.kinds"
local mistakes = require "myna.mistakes"

local M = {}

local function place_of(entry, tool)
  for i, other in ipairs(entry.tools) do
    if other == tool then return i - 1 end
  end
end

local function find(ctx, name)
  local agent = ctx.agent or native.agent()
  local entry = context.plan.entries[agent]
  local tool = entry and entry.tools_by_name[name]
  if not tool then
    error(("ctx:call_tool: agent '%s' has no tool '%s'%s"):format(tostring(agent), tostring(name),
      entry and mistakes.hint(name, entry.tools_by_name) or ""), 4)
  end
  if tool.handoff then
    error(("ctx:call_tool: '%s' moves the call: use ctx:handoff"):format(name), 4)
  end
  return entry, tool
end

--- What it gave: a table where the model would read JSON, the picture of one that gave
--- myna.image, else its words; or nil and words.
function M.call(ctx, name, args)
  local entry, tool = find(ctx, name)
  if args ~= nil and (type(args) ~= "table" or kinds.of(args)) then
    error("ctx:call_tool: expected a table of arguments, got " .. kinds.describe(args), 3)
  end
  local job = { agent = entry.agent.name, agent_place = entry.place - 1, tool = name,
    tool_place = place_of(entry, tool), arguments = native.encode(args or {}, "arguments"),
    call_id = context.call_id(ctx) }
  local ok, text, picture = false, native.safe_words, nil
  local outcome = native.all({ function()
    if tool.needs_approval then
      ok, text = jobs.approval(context.plan, job)
      if not ok then return true end
      if text == "wait" then
        ok, text = false, ("The tool %s needs an approval, which no script can ask for.")
          :format(name)
        return true
      end
    end
    ok, text, picture = jobs.tool(context.plan, job)
    return true
  end }, tool.timeout, "ctx:call_tool")
  if outcome ~= "done" then
    errors.tell(job, "warn", "a tool called by script did not end", outcome)
    return nil, native.safe_words
  end
  if not ok then return nil, text end
  if picture then return picture end
  local value = text:find "^%s*[%[{]" and native.decode(text)
  return value or text
end

return M
