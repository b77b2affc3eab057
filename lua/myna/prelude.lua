--- An agent's prelude: tools that run before its first words (R69), so they are called without
--- arguments and nobody can be asked.
local fields = require "myna.fields"
local kinds = require "myna.kinds"
local mistakes = require "myna.mistakes"

local M = {}

--- A reader for fields.check: tools, and names of the agent's.
function M.list(value)
  if type(value) ~= "table" or kinds.of(value) then
    return nil, "expected a list of tools, or of the names of some, got " .. kinds.describe(value)
  end
  local out = {}
  fields.each(value, function(tool)
    if kinds.is_broken(tool) then return end
    if type(tool) == "string" or kinds.of(tool) == "tool" then
      out[#out + 1] = tool
    else
      mistakes.field("prelude", "prelude: expected a tool, or the name of one, got %s",
        kinds.describe(tool))
    end
  end)
  return out
end

--- Why a tool cannot run before the call has begun; nil when it can. Its schema is known in a
--- check alone.
local function obstacle(tool)
  if tool.handoff then return "hands the call over; on.call_start can say who answers" end
  if tool.needs_approval then return "needs an approval, and nobody could be asked for it" end
  local check = tool.parameters.check and native.decode(tool.parameters.check)
  local needed = check and check.required and check.required[1]
  if needed then
    return ("needs '%s', and there is nobody yet to give it: make it :optional(), or write a tool "
      .. "without parameters"):format(needed)
  end
end

--- The tool that is meant. One that the agent does not list is made its own by add, and is for the
--- prelude alone.
local function find(entry, value, add)
  local name = type(value) == "string" and value or value.name
  local tool = entry.tools_by_name[name]
  if type(value) ~= "string" and name and tool ~= value then
    add(entry, value)
    if not tool then entry.unlisted[name] = true end
    return value
  end
  if not tool and name then
    mistakes.at(entry.agent.at, "agent '%s': prelude: it has no tool '%s'%s", entry.agent.name,
      name, mistakes.hint(name, entry.tools_by_name))
  end
  return tool
end

local function place_of(entry, tool)
  for i, other in ipairs(entry.tools) do
    if other == tool then return i end
  end
end

--- Reads the prelude of a plan's entry: entry.prelude has the places of its tools.
function M.add(entry, add)
  local at, name = entry.agent.at, entry.agent.name
  local known = {}
  entry.prelude, entry.unlisted = {}, {}
  for _, value in ipairs(entry.agent.prelude or {}) do
    local tool = find(entry, value, add)
    local why = tool and obstacle(tool)
    if why then
      mistakes.at(at, "agent '%s': prelude: tool '%s' %s", name, tool.name, why)
    elseif tool and not known[tool] then
      known[tool] = true
      entry.prelude[#entry.prelude + 1] = place_of(entry, tool)
    end
  end
  if #entry.prelude > 8 then
    mistakes.at(at, "agent '%s': prelude: at most 8 tools, for a caller waits for them", name)
  end
end

return M
