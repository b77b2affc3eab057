--- What an app runs at an event: its handler, then the agents' on_enter and on_exit.
local context = require "myna.context"
local errors = require "myna.errors"

local M = {}

--- An agent's on_enter or on_exit.
local function step(plan, name, hook)
  local entry = name and plan.entries[name]
  local run = entry and entry.agent[hook]
  if not run then return end
  local job = { agent = name }
  local ok, err = xpcall(run, errors.caught, context.new(job))
  if not ok then errors.log(job, hook .. " failed", err) end
end

local function steps(plan, name, event)
  if name == "call_start" then
    step(plan, event.agent, "on_enter")
  elseif name == "agent_handoff" then
    step(plan, event.from, "on_exit")
    step(plan, event.to, "on_enter")
  elseif name == "call_end" then
    step(plan, event.agent, "on_exit")
  end
end

function M.note(plan, name, json)
  local event = native.decode(json) or {}
  local handler = name ~= "call_start" and plan.app.on[name] or nil -- that has run: opening.lua
  local job = { agent = event.agent }
  if handler then
    local ok, err = xpcall(handler, errors.caught, event, context.new(job))
    if not ok then errors.log(job, "on." .. name .. " failed", err) end
    if ok and name == "tool_approval_requested" and type(err) == "boolean" then
      native.of_tool(err and "approve" or "reject", event.call_id)
    elseif ok and err ~= nil then
      context.log("warn", ("on.%s: what it returns is not used in this version"):format(name))
    end
  end
  steps(plan, name, event)
  return true, "", ""
end

return M
