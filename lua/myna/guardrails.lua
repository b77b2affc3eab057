--- myna.guardrails: ready-made guardrails. Each takes the fields of myna.guardrail as well, and
--- the say and policy_hint of what it blocks with.
local kinds = require "myna.kinds"
local mistakes = require "myna.mistakes"
local guardrail = require "myna.guardrail"
local new = native.checking() and guardrail.new or require "myna.proved".guardrail

local M = {}

--- The guardrail of spec, without the fields that are own's.
local function with(spec, own, rail)
  for name, value in pairs(spec) do
    if not own[name] and math.type(name) == nil then rail[name] = value end
  end
  return new(rail)
end

--- Words with one space before and behind each, so that a word is found whole.
local function plain(text)
  return " " .. text:lower():gsub("[^%w\128-\255']+", " ") .. " "
end

local function word_list(spec)
  local list = {}
  for i, word in ipairs(type(spec) == "table" and spec or {}) do
    if type(word) ~= "string" or not word:find "%S" then
      mistakes.add("myna.guardrails.words: expected words, got %s", kinds.describe(word))
      return nil
    end
    list[i] = { word = word, plain = (plain(word):gsub("%s+", " ")) }
  end
  if #list > 0 then return list end
  mistakes.add "myna.guardrails.words: expected a list of words"
end

local words_own = { say = true, policy_hint = true }

--- words { "refund", "money back", say = "...", hold = true }: none of these is said, whatever the
--- case, as a whole word.
function M.words(spec)
  local list = word_list(spec)
  if not list then return kinds.broken end
  return with(spec, words_own, { name = "words", every_chars = 20, check = function(text)
    local said = plain(text):gsub("%s+", " ")
    for _, it in ipairs(list) do
      if said:find(it.plain, 1, true) then
        return guardrail.block { say = spec.say, policy_hint = spec.policy_hint,
          info = { word = it.word } }
      end
    end
  end })
end

local length_own = { max = true, say = true, policy_hint = true }

--- length { max = 600 }: in characters.
function M.length(spec)
  local max = type(spec) == "table" and spec.max
  if math.type(max) ~= "integer" or max < 1 then
    mistakes.add "myna.guardrails.length: expected { max = a whole number from 1 }"
    return kinds.broken
  end
  return with(spec, length_own, { name = "length", check = function(text)
    local _, n = text:gsub("[^\128-\191]", "")
    if n <= max then return nil end
    return guardrail.block { say = spec.say, info = { characters = n },
      policy_hint = spec.policy_hint or ("at most %d characters"):format(max) }
  end })
end

local later = { moderation = true, personal_data = true, language = true }

return setmetatable(M, { __metatable = "guardrails", __index = function(_, word)
  if later[word] then
    mistakes.add("myna.guardrails.%s is not available in this version", word)
  else
    mistakes.add("myna.guardrails has no '%s'%s", tostring(word), mistakes.hint(word, M))
  end
  return kinds.broken
end })
