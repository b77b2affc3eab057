--- myna.index "knowledge/*.md": texts of the app's folder, searched by their words.
local fields = require "myna.fields"
local kinds = require "myna.kinds"
local mistakes = require "myna.mistakes"

local M = {}
local make, methods = kinds.new "index"

--- At the top of a file: the texts are read when the app loads.
function M.new(pattern)
  if type(pattern) ~= "string" or pattern == "" then
    mistakes.add("myna.index: expected files such as \"knowledge/*.md\", got %s",
      pattern == "" and "an empty string" or kinds.describe(pattern))
    return kinds.broken
  end
  if not native.loading() then
    error(native.place "myna.index is for the top of a file, not inside a function", 0)
  end
  local why = native.index(pattern)
  if why then
    mistakes.add("myna.index '%s': %s", pattern, why)
    return kinds.broken
  end
  return make { pattern = pattern }
end

local rules = { limit = { "count", default = 3 } }

--- The sections in which words of the text stand, the best first; or nil and why not.
function methods:search(text, options)
  if kinds.of(self) ~= "index" then
    error(native.place "index:search: write it with a colon: knowledge:search(...)", 0)
  end
  if native.loading() then
    error(native.place "myna.index cannot be searched while a file is loading", 0)
  end
  if type(text) ~= "string" then
    error(native.place("index:search: expected words, got " .. kinds.describe(text)), 0)
  end
  local limit = fields.check("index:search", options or {}, rules).limit
  if limit > 20 then error(native.place "index:search: limit: at most 20", 0) end
  local json, why = native.search(self.pattern, text, limit)
  if not json then return nil, why end
  return (native.decode(json))
end

return M
