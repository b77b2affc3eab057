--- Names in messages: the nearest, sorted.
local M = {}

function M.sorted(t)
  local names = {}
  for name in pairs(t) do names[#names + 1] = name end
  table.sort(names, function(a, b) return tostring(a) < tostring(b) end)
  return names
end

--- " (did you mean 'x'?)", or nothing.
function M.near(word, names)
  local near = native.nearest(tostring(word), names)
  return near and (" (did you mean '%s'?)"):format(near) or ""
end

--- A party: a table whose unknown verbs are told with the nearest.
function M.party(name, verbs, later)
  local is_later = {}
  for _, verb in ipairs(later) do is_later[verb] = true end
  return setmetatable(verbs, { __index = function(_, verb)
    local label = ("%s:%s"):format(name, tostring(verb))
    if is_later[verb] then error(label .. " is not available in this version", 2) end
    error(("there is no %s%s"):format(label, M.near(verb, M.sorted(verbs))), 2)
  end })
end

return M
