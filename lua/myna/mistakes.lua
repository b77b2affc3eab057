--- What an author wrote wrongly. While an app is checked every mistake is collected, so that all
--- are shown at once; anywhere else the first one raises.
local M = { list = {}, warnings = {} }

local seen = {}

--- Adds a finished line, once.
function M.raw(line)
  if not (native.checking() and native.loading()) then error(line, 0) end
  if seen[line] then return end
  seen[line] = true
  M.list[#M.list + 1] = line
end

--- Adds a sentence about the author's line that runs now.
function M.add(format, ...)
  M.at(native.where(), format, ...)
end

--- Adds a sentence about a field of the table the author's line gives.
function M.field(name, format, ...)
  local at = native.where()
  M.at(at and native.field_line(at, tostring(name)), format, ...)
end

--- Adds a sentence about a line noted earlier.
function M.at(place, format, ...)
  local text = select("#", ...) > 0 and format:format(...) or format
  M.raw(place and place .. ": " .. text or text)
end

--- Adds what loads but deserves a word.
function M.warn(place, format, ...)
  M.warnings[#M.warnings + 1] = (place and place .. ": " or "") .. format:format(...)
end

--- " (did you mean 'x'?)", or nothing.
function M.hint(word, words)
  local list = {}
  for key, value in pairs(words) do list[#list + 1] = math.type(key) and value or key end
  table.sort(list)
  local near = native.nearest(tostring(word), list)
  return near and (" (did you mean '%s'?)"):format(near) or ""
end

return M
