--- The SDK agents are written with: what `require "myna"` gives.
local agent = require "myna.agent"
local app = require "myna.app"
local duration = require "myna.duration"
local fail = require "myna.fail"
local handoff = require "myna.handoff"
local http = require "myna.http"
local kinds = require "myna.kinds"
local mistakes = require "myna.mistakes"
local parallel = require "myna.parallel"
local schema = require "myna.schema"
local secret = require "myna.secret"
local template = require "myna.template"
local tool = require "myna.tool"
local tools = require "myna.tools"
local url = require "myna.url"

local M = {
  app = app.new, agent = agent.new, tool = tool.new, handoff = handoff.new,
  schema = schema.words, http = http, tools = tools,
  env = secret.env, secret = secret.secret,
  file = template.file, text = template.text, data = template.data,
  fail = fail.new, parallel = parallel.run,
  null = native.null, url = { encode = url.encode },
}

--- Words that are described but not built yet: using one is told at load.
local later = {}
for _, word in ipairs { "guardrail", "guardrails", "text_agent", "block", "image", "map", "race",
  "spawn", "with_timeout", "semaphore", "shared", "store", "index", "mail", "hash", "base64",
  "uuid", "time", "token", "upstream", "calls" } do
  later[word] = true
end

--- Waits: sleep "300ms".
function M.sleep(time)
  local ms, why = duration.read(time)
  if not ms then error("myna.sleep: " .. why, 2) end
  native.sleep(ms)
end

--- Marks a table as a list, so that it is [] when it is empty.
function M.array(list)
  if list == nil then list = {} end
  if type(list) ~= "table" or kinds.of(list) then
    error("myna.array: expected a list, got " .. kinds.describe(list), 2)
  end
  return native.array(list)
end

M.json = {}

function M.json.encode(value)
  local ok, json, why = pcall(native.encode, value, "value")
  if not ok then error("myna.json.encode: " .. json, 2) end
  if not json then error("myna.json.encode: " .. why, 2) end
  return json
end

--- The value, or nil and what is wrong.
function M.json.decode(text)
  if type(text) ~= "string" then
    error("myna.json.decode: expected a string, got " .. kinds.describe(text), 2)
  end
  return native.decode(text)
end

return setmetatable(M, { __metatable = "myna", __index = function(_, word)
  if later[word] then
    mistakes.add("myna.%s is not available in this version", word)
  else
    mistakes.add("myna has no '%s'%s", tostring(word), mistakes.hint(word, M))
  end
  return kinds.broken
end })
