--- What a handoff is to the model: a tool of its own, by which it transfers the call.
local kinds = require "myna.kinds"

local M = {}
M.make = kinds.new "handoff"

--- The agent's name, whether it was given as one or as the agent.
function M.target(value)
  return kinds.of(value) == "agent" and value.name or value
end

--- A plain handoff, as `handoffs = { "Billing" }` means it.
function M.plain(to, at)
  local input = native.checking() and require "myna.schema".read("handoff: input") or {}
  return M.make { agent = to, target = M.target(to), input = input, at = at }
end

--- R21: transfer_to_<Name>, everything that is not alphanumeric as _.
function M.name(handoff)
  return handoff.tool_name or "transfer_to_" .. handoff.target:gsub("[^%w]", "_")
end

return M
