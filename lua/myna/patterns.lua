--- myna.guardrails.patterns { "%d+%s*pounds", say = "..." }: nothing is said that fits one of these
--- patterns of Lua's.
local kinds = require "myna.kinds"
local ready = require "myna.ready"

local function is_pattern(value)
  if type(value) ~= "string" or value == "" then
    return false, "expected patterns, got " .. kinds.describe(value)
  end
  local ok, why = pcall(string.find, "", value)
  if not ok then return false, ("pattern '%s': %s"):format(value, tostring(why)) end
  if string.find("", value) then return false, ("pattern '%s' fits anything"):format(value) end
  return true
end

return function(spec)
  if not ready.check("patterns", spec, {}) then return kinds.broken end
  local list = ready.list("patterns", spec, "a list of patterns", is_pattern)
  if not list then return kinds.broken end
  return ready.with(spec, {}, { name = "patterns", every_chars = 20, check = function(given)
    local text = ready.text(given)
    for _, pattern in ipairs(list) do
      if text:find(pattern) then return ready.block(spec, { pattern = pattern }) end
    end
  end })
end
