--- The SDK agents are written with: what `require "myna"` gives. A word's page is loaded when the
--- word is first used, so that a call holds only what its app uses.
local kinds = require "myna.kinds"

local places = { -- of each word: its page, and its name there unless it is all of the page
  app = "app.new", agent = "agent.new", tool = "tool.new", handoff = "handoff.new",
  text_agent = "textagent.new",
  schema = "schema.words", http = "http", tools = "tools",
  guardrail = "guardrail.new", block = "guardrail.block", guardrails = "guardrails",
  env = "secret.env", secret = "secret.secret",
  file = "template.file", text = "template.text", data = "template.data",
  fail = "fail.new", parallel = "parallel.run", json = "json", url = "url.words",
  shared = "shared.shared", store = "store.new", index = "index.new", mail = "mail.send",
  image = "image.new", hash = "hash", base64 = "base64", uuid = "uuid.new", time = "time",
  map = "tasks.map", race = "tasks.race", with_timeout = "tasks.limited",
  spawn = "spawn.new", semaphore = "semaphore.new",
  calls = "calls.list", upstream = "upstream.api", token = "token.new",
  connect = "connect.connect",
  sleep = "duration.sleep", array = false, null = false, -- these two stand here
}

local M = { null = native.null }

--- Marks a table as a list, so that it is [] when it is empty.
function M.array(list)
  if list == nil then list = {} end
  if type(list) ~= "table" or kinds.of(list) then
    error("myna.array: expected a list, got " .. kinds.describe(list), 2)
  end
  return native.array(list)
end

local function find(word)
  local place = places[word]
  if not place then return require "myna.unknown"(word, places) end
  local page, name = place:match "^([%l%d]+)%.?(%l*)$"
  local proved = not native.checking() and require "myna.proved"[word]
  if proved then return proved end
  local found = require("myna." .. page)
  return name == "" and found or found[name]
end

return setmetatable(M, { __metatable = "myna", __index = function(myna, word)
  local value = find(word)
  if places[word] then rawset(myna, word, value) end
  return value
end })
