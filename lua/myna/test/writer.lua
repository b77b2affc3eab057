--- The text model behind text agents, and moderation: the API beside the voice. Their rules are the
--- simulator's; the text model's words are the scenario's lines, as the model's are.
local book = require "myna.test.book"
local hint = require "myna.test.hint"
local look = require "myna.test.look"
local match = require "myna.test.match"
local net = require "myna.test.net"
local said = require "myna.test.said"
local stage = require "myna.test.stage"

local M = { lines = {} }
local writer, moderation = {}, {}
local lines, rules = M.lines, {}
local waiting = {} -- the requests nobody has answered yet

--- The words of an item of input.
local function words_of(item)
  if type(item) ~= "table" then return nil end
  if type(item.content) == "string" then return item.content end
  for _, part in ipairs(item.content or {}) do
    if part.text then return part.text end
  end
end

--- What a request asks: the newest words of the user's; nothing once a tool's output came since.
local function asked_words(request)
  local input = request.json and request.json.input
  if type(input) == "string" then return input end
  local newest = input and input[#input]
  return newest and newest.role == "user" and words_of(newest) or nil
end

local function rule_for(request)
  local words = asked_words(request)
  if not words then return nil end
  for i = #rules, 1, -1 do
    if rules[i].make and match.same(rules[i].words, words) then return rules[i] end
  end
end

local function answer(record, outputs, delay_ms)
  local status, body = native.answer_api(record.value.id, outputs, delay_ms or 0)
  record.answer = tostring(status or "nobody waits any more")
  if not status or status == 200 then return end
  local told = native.decode(body)
  stage.fail(stage.here(), "the API refused %s with status %d: %s", net.show(record.value), status,
    told and told.error and told.error.message or body)
end

--- Answers what waits, as far as anything says how.
local function serve()
  while waiting[1] do
    local line = lines[1] and table.remove(lines, 1) or rule_for(net.request(waiting[1]))
    if not line then return end
    answer(table.remove(waiting, 1), line.make(line.place), line.after)
  end
end

net.api["/responses"] = function(record)
  waiting[#waiting + 1] = record
  serve()
end

net.api["/moderations"] = function(record) answer(record) end

--- What is said when no line says it: a tool's output is answered with its text.
local function improvised(request)
  local input = request.json and request.json.input
  local newest = type(input) == "table" and input[#input]
  if not newest or newest.type ~= "function_call_output" or request.json.text then return nil end
  return { { says = newest.output ~= "" and newest.output or "(nothing)" } }
end

--- Time is about to move on: who is asked must have answered.
table.insert(stage.before_moving, function()
  local record = waiting[1]
  if not record then return end
  local words = asked_words(net.request(record))
  local outputs = improvised(net.request(record))
  if book.current.brain then outputs = nil end
  if book.current.brain or outputs then return answer(table.remove(waiting, 1), outputs) end
  stage.fail(stage.here(), "nothing says what the text model answers to %s; add above:\n"
    .. "  app.text_model:says \"...\"", words and match.quote(words) or "a tool's output")
end)

--- What says, calls and responds make, and how much later it comes. Says takes data too.
local function new_line(verb, ...)
  local first, options = ...
  local after = verb ~= "calls" and type(options) == "table" and options.after
  local words = verb == "says" and type(first) == "table" and native.encode(first)
  return { make = words and said.says(words) or said[verb](...), place = stage.here(),
    after = after and book.ms(after, "after") or nil,
    text = ("app.text_model:%s %s"):format(verb, match.show((...))) }
end

for _, verb in ipairs { "says", "calls", "responds" } do
  writer[verb] = function(_, ...)
    lines[#lines + 1] = new_line(verb, ...)
    stage.absorb()
    serve()
  end
end

--- app.text_model:on(words):says(...): what is answered to these words when no line waits.
function writer:on(words)
  local rule = { words = words }
  rules[#rules + 1] = rule
  local verbs = {}
  for _, verb in ipairs { "says", "calls", "responds" } do
    verbs[verb] = function(_, ...)
      for name, value in pairs(new_line(verb, ...)) do rule[name] = value end
      stage.absorb()
      serve()
    end
  end
  return hint.party("app.text_model:on(...)", verbs, {})
end

--- expect({ instructions =, input =, tools =, model =, ... }, { within, after }): it was asked
--- that. Gives what it was asked.
function writer:expect(wanted, options)
  local why
  return net.request(look.expect("the text model to be asked " .. match.show(wanted or {}), options,
    function()
      return stage.find("http", function(record)
        if record.value.api ~= "/responses" then return false end
        local ok, reason = match.same(wanted or {}, net.request(record).json)
        why = not ok and ("it was asked at %s, but %s"):format(look.at(record.at), reason) or why
        return ok
      end)
    end, function() return why or "it was asked nothing" end)).json
end

M.verbs = hint.party("app.text_model", writer, {})

--- flags(words, { category = }): moderation flags these words from now on.
function moderation:flags(words, options)
  local category = options and options.category or "harassment"
  if type(words) ~= "string" or not words:find "%w" then
    error("app.moderation:flags: expected words", 0)
  end
  local ok, why = native.flag(words, category)
  if not ok then
    error(("app.moderation:flags: category '%s': %s"):format(tostring(category), why), 0)
  end
end

M.moderation = hint.party("app.moderation", moderation, {})

return M
