--- myna.fail(words, detail): an end with words for the model and a detail for the log. Returned or
--- raised, from any depth.
local kinds = require "myna.kinds"

local make, _, meta = kinds.new "failure"
meta.__tostring = function(failure) return failure.detail or failure.words end

local M = {}

function M.new(words, detail)
  if type(words) ~= "string" or words == "" then
    error("myna.fail: expected words for the model, got " .. kinds.describe(words), 2)
  end
  return make { words = words, detail = detail ~= nil and tostring(detail) or nil,
    at = native.where() }
end

function M.is(value)
  return kinds.of(value) == "failure"
end

return M
