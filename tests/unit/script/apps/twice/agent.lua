-- agent.lua - makes one of everything as its files run, and again in a tool: the first is proved by
-- the check and made unread, the second is read. The tool tells where they differ.
local myna = require "myna"
local s = myna.schema

local function make()
  local book = myna.tool {
    name = "book", description = "Books.", timeout = "3s", on_interrupt = "cancel", once = true,
    execute = print, on_error = print, is_enabled = print,
    parameters = {
      day = s.date("The day"):optional(),
      count = s.integer { minimum = 1 }:default(2),
      who = s.object { name = s.string "Full name":nullable(), tags = s.array(s.string()) },
    },
  }
  local plain = myna.tool { name = "plain", description = "Plain.", execute = print,
    filler = { say = "One moment.", every = "9s" } }
  local asked = myna.tool { name = "asked", description = "Asked for.", execute = print,
    needs_approval = print, approval_timeout = "5s", approve_by = "caller" }
  local raw = myna.tool { name = "raw", description = "Raw.", execute = print,
    parameters = { type = "object", properties = {} } }
  local whole = myna.tool { name = "whole", description = "Whole.", execute = print,
    parameters = s.object("All of it", { deep = s.object { a = s.any():default { 1 } } }) }
  local rail = myna.guardrail { name = "rail", check = print, timeout = "2s", hold = true }
  local ending = myna.guardrail { name = "ending", check = print, every_chars = false }
  local guarded = myna.tool { name = "guarded", description = "Guarded.", execute = print,
    input_guardrails = { rail, { ending } }, output_guardrails = { rail } }
  local b = myna.agent { name = "B", input_guardrails = { { rail }, ending },
    tools = { plain, { raw, { book } }, whole } }
  local c = myna.agent { name = "C", instructions = "C.", handoffs = "all" }
  local to = myna.handoff { agent = b, tool_name = "to_b", on_handoff = print,
    input = { why = s.enum { "a", "b" } } }
  local a = myna.agent { name = "A", voice = "sage", handoffs = { to, "C", { c } } }
  local client = myna.http.client { base_url = "http://x", timeout = "6s",
    headers = { ["X-A"] = "1" }, retry = { pause = "1s" }, pool = { keep_for = "30s" } }
  return {
    book, plain, asked, raw, whole, guarded, rail, ending, a, b, c, to, client,
    client:with { headers = { ["x-a"] = "2" } }, client:with { bearer = "k" },
    myna.http.client(),
    client:with { basic = { "me", "word" } },
    myna.http.client { base_url = "http://y", basic = { "me", "word" }, ca = "certs/all.pem",
      cache = { ttl = "1h", not_found = "5s" }, proxy = "http://proxy:3128", private = true,
      timeout = { pool = "1s", idle = "2s" }, pool = { keep = 0, connections = 3 },
      retry = { tries = 2, on = { 503, "timeout" } } },
    myna.http.client { cache = "10m" },
    myna.http.client { cache = false },
    myna.http.client { timeout = { connect = 2, total = "1m" }, retry = {},
      words = { other = "No." } },
    myna.app { agent = a, agents = { b, { c } }, greeting = "Hello.", transcription = "whisper-1",
      limits = { duration = "5m", tools_per_turn = 3 }, state = { n = 1 },
      on = { call_end = print }, turn = { eagerness = "low" } },
    myna.app { agent = c, greeting = { instructions = "Greet." }, output_guardrails = { rail } },
  }
end

--- What only a check knows: lines, and of a schema all but what stands for arguments left out.
local aside = { at = true, serial = true, words = true, format = true, values = true,
  options = true, items = true, is_optional = true, is_nullable = true, type = true }

local function by_name(properties)
  local out = {}
  for _, property in ipairs(properties) do out[property.name] = property.schema end
  return out
end

local function difference(x, y, where)
  if type(x) ~= "table" or type(y) ~= "table" then
    return x ~= y and ("%s: %s, %s"):format(where, tostring(x), tostring(y)) or nil
  end
  if getmetatable(x) ~= getmetatable(y) then return where .. ": of two kinds" end
  local is_schema = getmetatable(x) == "schema"
  local names = {}
  for name in pairs(x) do names[name] = true end
  for name in pairs(y) do names[name] = true end
  for name in pairs(names) do
    if not (name == "at" or is_schema and aside[name]) then
      local left, right = x[name], y[name]
      if is_schema and name == "properties" and left and right then
        left, right = by_name(left), by_name(right)
      end
      if name == "schema" and not left and #right.properties == 0 then right = nil end
      local found = difference(left, right, where .. "." .. name)
      if found then return found end
    end
  end
end

local proved = make()

return myna.agent {
  name = "Twice",
  tools = {
    myna.tool { name = "compare", description = "Compares.",
      execute = function() return difference(proved, make(), "made") or "the same" end },
  },
}
