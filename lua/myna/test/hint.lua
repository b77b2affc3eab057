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

--- A party: a table whose unknown verbs are told with the nearest. later: by verb, what it waits
--- for.
function M.party(name, verbs, later)
  return setmetatable(verbs, { __index = function(_, verb)
    local label = ("%s:%s"):format(name, tostring(verb))
    if later[verb] then
      error(("%s is not available in this version: %s"):format(label, later[verb]), 2)
    end
    error(("there is no %s%s"):format(label, M.near(verb, M.sorted(verbs))), 2)
  end })
end

return M
