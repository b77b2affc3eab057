--- myna.guardrails: ready-made guardrails. Each takes the fields of myna.guardrail as well, and
--- the say and policy_hint of what it blocks with.
local kinds = require "myna.kinds"
local ready = require "myna.ready"

local M = {}

--- Words with one space before and behind each, so that a word is found whole.
local function plain(text)
  return " " .. text:lower():gsub("[^%w\128-\255']+", " ") .. " "
end

local function word_list(spec)
  local list = {}
  for i, word in ipairs(type(spec) == "table" and spec or {}) do
    if type(word) ~= "string" or not word:find "%S" then
      require "myna.mistakes".add("myna.guardrails.words: expected words, got %s",
        kinds.describe(word))
      return nil
    end
    list[i] = { word = word, plain = (plain(word):gsub("%s+", " ")) }
  end
  if #list > 0 then return list end
  require "myna.mistakes".add "myna.guardrails.words: expected a list of words"
end

--- words { "refund", "money back", say = "...", hold = true }: none of these is said, whatever the
--- case, as a whole word.
function M.words(spec)
  local list = word_list(spec)
  if not list then return kinds.broken end
  return ready.with(spec, {}, { name = "words", every_chars = 20, check = function(given)
    local said = plain(ready.text(given)):gsub("%s+", " ")
    for _, it in ipairs(list) do
      if said:find(it.plain, 1, true) then
        return ready.block(spec, { word = it.word })
      end
    end
  end })
end

local length_own = { max = true }

--- length { max = 600 }: in characters.
function M.length(spec)
  local max = type(spec) == "table" and spec.max
  if math.type(max) ~= "integer" or max < 1 then
    require "myna.mistakes".add "myna.guardrails.length: expected { max = a whole number from 1 }"
    return kinds.broken
  end
  return ready.with(spec, length_own, { name = "length", check = function(given)
    local _, n = ready.text(given):gsub("[^\128-\191]", "")
    if n <= max then return nil end
    return ready.block(spec, { characters = n }, ("at most %d characters"):format(max))
  end })
end

-- each on a page of its own, loaded when it is used
local pages = { moderation = "moderation", patterns = "patterns", personal_data = "personal",
  language = "language" }

return setmetatable(M, { __metatable = "guardrails", __index = function(_, word)
  if pages[word] then
    rawset(M, word, require("myna." .. pages[word]))
    return M[word]
  end
  local known = { words = true, length = true }
  for name in pairs(pages) do known[name] = true end
  local mistakes = require "myna.mistakes"
  mistakes.add("myna.guardrails has no '%s'%s", tostring(word), mistakes.hint(word, known))
  return kinds.broken
end })
