--- What a tool returns, as the text the model reads.
local fail = require "myna.fail"
local kinds = require "myna.kinds"

local M = {}

local too_large = "result: over %d KB, the most a tool may return (script-result)"

--- Returns the text, or nil and what is wrong with the value; and the picture it is, if it is one.
function M.text(value)
  local limit = native.limit()
  if value == nil then return "{\"done\":true}" end
  if kinds.of(value) == "image" then return value.text, nil, value end
  local kind = type(value)
  if kind == "string" then
    if #value > limit then return nil, too_large:format(limit // 1024) end
    return value
  end
  if kind == "function" or kind == "thread" then return nil, "result: a " .. kind end
  local ok, json, why = pcall(native.encode, value, "result", limit)
  if not ok then return nil, json end
  if json then return json end
  return nil, why == "too large" and too_large:format(limit // 1024) or why
end

--- What execute returned, sorted out: value, failure, or nil and an error.
function M.sort(value, err, ...)
  if fail.is(value) then return nil, value end
  if value == nil and err ~= nil then
    if fail.is(err) then return nil, err end
    return nil, tostring(err)
  end
  return value, nil, ...
end

return M
