--- myna.guardrails.moderation { categories = { "hate" }, every_chars = 100 }: what OpenAI's
--- moderation flags is not said. A check is a request of the API; one that fails passes, unless
--- on_error = "closed".
local kinds = require "myna.kinds"
local mistakes = require "myna.mistakes"
local ready = require "myna.ready"

local known = { "harassment", "harassment/threatening", "hate", "hate/threatening", "illicit",
  "illicit/violent", "self-harm", "self-harm/instructions", "self-harm/intent", "sexual",
  "sexual/minors", "violence", "violence/graphic" }

local function categories(value)
  if type(value) ~= "table" or kinds.of(value) or #value == 0 then
    return nil, "expected a list such as { \"hate\", \"violence\" }"
  end
  local set = {}
  for _, name in ipairs(known) do set[name] = true end
  for _, name in ipairs(value) do
    if not set[name] then
      return nil, ("there is no category '%s'%s"):format(tostring(name),
        mistakes.hint(tostring(name), set))
    end
  end
  return value
end

local rules = { categories = { categories }, model = { "words" },
  upstream = { function(value) return require "myna.textspec".address(value) end } }

--- What of a verdict counts: the categories that are flagged, sorted; nil when none is.
local function flagged(verdict, wanted)
  local found, counts = {}, nil
  for _, name in ipairs(wanted or {}) do
    counts = counts or {}
    counts[name] = true
  end
  for name, yes in pairs(type(verdict.categories) == "table" and verdict.categories or {}) do
    if yes == true and (not counts or counts[name]) then found[#found + 1] = name end
  end
  table.sort(found)
  if #found > 0 or not counts and verdict.flagged == true then return found end
end

local function ask(spec, text)
  local api = require "myna.api"
  local body = native.encode { model = spec.model or "omni-moderation-latest", input = text }
  local res = api.post("/moderations", body, { upstream = spec.upstream })
  if not res.ok then error("moderation: " .. api.why(res), 0) end
  local told = native.decode(res.body)
  local verdict = type(told) == "table" and type(told.results) == "table" and told.results[1]
  if type(verdict) ~= "table" then error("moderation: the answer holds no verdict", 0) end
  return flagged(verdict, spec.categories)
end

return function(spec)
  spec = spec == nil and {} or spec
  if not ready.check("moderation", spec, rules) then return kinds.broken end
  return ready.with(spec, rules, { name = "moderation", check = function(given)
    local text = ready.text(given)
    local found = text:find "%S" and ask(spec, text)
    if found then return ready.block(spec, { categories = native.array(found) }) end
  end })
end
