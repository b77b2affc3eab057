-- functions.lua - what clients may call by name: each is a tool of Remy's, with all of its checks.
local myna = require "myna"
local frames = require "proxy.frames"
local records = require "proxy.records"

local M = { names = { "check_id", "get_menu", "place_order", "change_order" } }
local known = {}
for _, name in ipairs(M.names) do known[name] = true end

local function count(name, failed)
  myna.shared:incr("calls of " .. name)
  if failed then myna.shared:incr("failed " .. name) end
end

--- Answers a function_call with its result, or with an error that names what is wrong.
function M.call(event, ctx)
  local name = event.function_name
  if type(name) ~= "string" or not known[name] then
    ctx:send(frames.error("unknown_function", "Functions are: " .. table.concat(M.names, ", "),
      "function_name"))
    return
  end
  if event.arguments ~= nil and type(event.arguments) ~= "table" then
    ctx:send(frames.error("invalid_format", "Invalid message format", "arguments"))
    return
  end
  local result, words = ctx:call_tool(name, event.arguments)
  count(name, not result)
  ctx.log:info(("function call: %s %s"):format(name, result and "answered" or "failed"))
  records.keep(ctx, "client", "function_call", name)
  if result then
    ctx:send(frames.result(name, result))
  elseif words:find "^The arguments were not accepted" then
    ctx:send(frames.error("invalid_arguments", words, "arguments"))
  else
    ctx:send(frames.error("function_failed", words, "function_name", "server_error"))
  end
end

--- What /openai/status tells of them.
function M.counts()
  local out = {}
  for _, name in ipairs(M.names) do
    out[name] = { calls = myna.shared:get("calls of " .. name) or 0,
      failed = myna.shared:get("failed " .. name) or 0 }
  end
  return out
end

return M
