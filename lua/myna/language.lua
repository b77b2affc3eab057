--- myna.guardrails.language { "en", "es" }: what is said is in one of these languages. A simple
--- look: which script most letters are of, and for Latin letters whose small words they are. It
--- tells languages apart that are listed below, in sentences of min_words (6) words and more;
--- names, loanwords and short answers pass.
local kinds = require "myna.kinds"
local mistakes = require "myna.mistakes"
local ready = require "myna.ready"

local small = {
  da = "og jeg det ikke er på til med kan har du vi af som den hvad mig dig være skal",
  de = "der die das und ist nicht ich sie wir mit auf ein eine für von zu den dem wie kann haben",
  en = "the and is not you i we with on a an for of to it that this how can have are what my",
  es = "el la los las y es no yo usted con en un una por de que se su cómo puede para está",
  fr = "le la les et est pas je vous nous avec dans un une pour de des que ce sur il qui puis",
  it = "il lo gli e è non io lei con in un una per di che si come posso sono della anche mi",
  nl = "de het een en is niet ik u wij met op voor van te dat hoe kan hebben zijn er maar wat",
  pl = "i nie jest to się na w z do że jak czy dla po od ale tak co pan pani może są",
  pt = "o a os as e é não eu você com em um uma por de que se seu como pode para está do da",
  sv = "och jag det inte är på till med kan har du vi av som den vad mig dig vara ska att",
  tr = "ve bir bu için ile de da ne çok değil ben siz var yok nasıl olarak mi daha ama gibi",
}

local scripts = { -- of other letters: from, to, name
  { 0x0370, 0x03ff, "greek" }, { 0x0400, 0x052f, "cyrillic" }, { 0x0590, 0x05ff, "hebrew" },
  { 0x0600, 0x06ff, "arabic" }, { 0x0900, 0x097f, "devanagari" }, { 0x0e00, 0x0e7f, "thai" },
  { 0x3040, 0x30ff, "kana" }, { 0x4e00, 0x9fff, "han" }, { 0xac00, 0xd7af, "hangul" },
}
local script_of = { el = { "greek" }, ru = { "cyrillic" }, uk = { "cyrillic" },
  bg = { "cyrillic" }, he = { "hebrew" }, ar = { "arabic" }, fa = { "arabic" },
  hi = { "devanagari" }, th = { "thai" }, ja = { "kana", "han" }, zh = { "han" },
  ko = { "hangul" } }

local least_letters = 12 -- below, a text is a name or a number

local function is_language(value)
  if small[value] or script_of[value] then return true end
  local known = {}
  for name in pairs(small) do known[name] = true end
  for name in pairs(script_of) do known[name] = true end
  return false, ("there is no language '%s'%s"):format(tostring(value),
    mistakes.hint(tostring(value), known))
end

local function script_of_letter(code)
  if code < 0x80 then
    return (code >= 65 and code <= 90 or code >= 97 and code <= 122) and "latin" or nil
  end
  if code >= 0xc0 and code <= 0x24f then return "latin" end
  for _, row in ipairs(scripts) do
    if code >= row[1] and code <= row[2] then return row[3] end
  end
end

--- The script most letters are of; nil when there are too few.
local function main_script(text)
  local counts, letters, best = {}, 0, nil
  for _, code in utf8.codes(text) do
    local name = script_of_letter(code)
    if name then
      letters = letters + (name == "latin" and 1 or 3) -- a letter of others says more
      counts[name] = (counts[name] or 0) + 1
      if not best or counts[name] > counts[best] then best = name end
    end
  end
  return letters >= least_letters and best or nil
end

local word_sets = {} -- by language

local function words_of(language)
  if not word_sets[language] then
    local set = {}
    for word in small[language]:gmatch "%S+" do set[word] = true end
    word_sets[language] = set
  end
  return word_sets[language]
end

--- The language whose small words stand out, when none of those expected has half as many.
local function other_language(text, expected, min_words)
  local hits, words = {}, 0
  for word in text:lower():gmatch "[%a\128-\255]+" do
    words = words + 1
    for language in pairs(small) do
      if words_of(language)[word] then hits[language] = (hits[language] or 0) + 1 end
    end
  end
  if words < min_words then return nil end
  local best, most = nil, 0
  for language, n in pairs(hits) do
    if n > (hits[best] or 0) or n == hits[best] and language < best then best = language end
    if expected[language] then most = math.max(most, n) end
  end
  if best and not expected[best] and hits[best] >= 3 and hits[best] > 2 * most then return best end
end

--- What a text is in, when it is none of the expected.
local function strange(text, expected, min_words)
  local script = main_script(text)
  if not script then return nil end
  local fits, latin = false, false
  for language in pairs(expected) do
    latin = latin or small[language] ~= nil
    for _, name in ipairs(script_of[language] or { "latin" }) do fits = fits or name == script end
  end
  if not fits then return script end
  if script == "latin" and latin then return other_language(text, expected, min_words) end
end

local rules = { min_words = { "count" } }

return function(spec)
  if not ready.check("language", spec, rules) then return kinds.broken end
  local list = ready.list("language", spec, "a list of languages such as { \"en\" }", is_language)
  if not list then return kinds.broken end
  local expected = {}
  for _, language in ipairs(list) do expected[language] = true end
  return ready.with(spec, rules, { name = "language", every_chars = 80, check = function(given)
    local found = strange(ready.text(given), expected, spec.min_words or 6)
    if found then
      return ready.block(spec, { found = found }, "only in: " .. table.concat(list, ", "))
    end
  end })
end
