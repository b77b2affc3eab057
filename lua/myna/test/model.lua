--- The model: what it answers. Lines are given to the responses asked of it, in order; rules serve
--- when no line waits; words the app gives are spoken as they are.
local book = require "myna.test.book"
local hint = require "myna.test.hint"
local look = require "myna.test.look"
local match = require "myna.test.match"
local said = require "myna.test.said"
local stage = require "myna.test.stage"

local M = {}
local say_exactly = "Say exactly these words: " -- as core/session.c asks
local lines, rules = {}, {}
local asked -- the question nobody has answered yet

--- The words of `Say exactly these words: "..."` at the end of instructions.
local function given_words(ask)
  local from = nil
  local _, to = ask.instructions:find(say_exactly, 1, true)
  while to do
    from = to + 1
    _, to = ask.instructions:find(say_exactly, from, true)
  end
  return from and native.decode((ask.instructions:sub(from):gsub("%s+$", "")))
end

--- The question that is still owed an answer: its response may have been cancelled.
local function question()
  if asked and not native.asked() then asked = nil end
  return asked and asked.value
end

local function give(outputs)
  asked = nil
  native.answer(outputs)
end

local function rule_for(ask)
  if ask.last ~= "user" then return nil end
  for i = #rules, 1, -1 do
    if rules[i].make and match.same(rules[i].words, ask.text or "") then return rules[i] end
  end
end

--- Answers the question if anything says how.
local function serve()
  local ask = question()
  if not ask then return end
  local words = ask.own_instructions and given_words(ask)
  if words then
    give { { says = words } }
  elseif lines[1] then
    local line = table.remove(lines, 1)
    give(line.make(line.place))
  else
    local rule = rule_for(ask)
    if rule then give(rule.make(rule.place)) end
  end
end

--- What is said when no line says it: a tool's output is spoken as its text.
local function improvise(ask)
  if ask.last ~= "result" then return "(words of the model's own)" end
  local output = native.decode(ask.text or "")
  if type(output) == "table" and output.assistant then
    return ("This is %s."):format(tostring(output.assistant))
  end
  return ask.text ~= "" and ask.text or "(nothing)"
end

stage.on.ask = function(record)
  asked = record
  serve()
end

--- Time is about to move on: an answer that is owed to the caller must be there.
table.insert(stage.before_moving, function()
  local ask = question()
  if not ask or stage.cutting_in then return end
  if book.current.brain then
    asked = nil
    native.improvise()
  elseif ask.last == "user" then
    local last = stage.spoken or { place = stage.here(), text = ask.text or "" }
    stage.fail(last.place, "nothing says what the model answers to %s; add under it:\n"
      .. "  model:says \"...\"", match.quote(ask.text or last.text))
  else
    give { { says = improvise(ask) } }
  end
end)

--- What a line may be: each gives a function that makes outputs when it is its turn.
local makers = { says = said.says, calls = said.calls, responds = said.responds }

function makers.hands_off(agent, input)
  local json = said.arguments(input)
  return function(place)
    local targets = {}
    for _, handoff in ipairs(native.handoffs()) do
      if handoff.agent == agent then return { { calls = handoff.tool, arguments = json } } end
      targets[#targets + 1] = handoff.agent
    end
    stage.fail(place, "%s hands off to no '%s'%s", native.agent() or "the agent", tostring(agent),
      hint.near(agent, targets))
  end
end

for verb, maker in pairs(makers) do
  M[verb] = function(_, ...)
    local text = { ... }
    lines[#lines + 1] = { make = maker(...), place = stage.here(),
      text = ("model:%s %s"):format(verb, match.show(text[1])) }
    stage.absorb()
    serve()
  end
end

--- model:on(words):says(...): what is answered to these words when no line waits.
function M:on(words)
  local rule = { words = words, place = stage.here() }
  rules[#rules + 1] = rule
  local verbs = {}
  for verb, maker in pairs(makers) do
    verbs[verb] = function(_, ...)
      rule.make = maker(...)
      stage.absorb()
      serve()
    end
  end
  return hint.party("model:on(...)", verbs, {})
end

--- expect(type, { field = value, within, after }): an event it was sent. Gives it.
function M:expect(type_name, options)
  return look.expect_event("model", "the model to be sent", type_name, options).value
end

function M:expect_no(type_name, fields)
  look.never_event("model", "the model not to be sent", type_name, fields)
end

--- What the model was told its session is, last.
function M:expect_session(fields, options)
  local why = "it was told nothing"
  look.expect("the model's session to have " .. match.show(fields), options, function()
    for i = #stage.lanes.model, 1, -1 do
      local record = stage.lanes.model[i]
      if record.value.type == "session.update" then
        local ok, reason = match.same(fields, record.value.session)
        why = reason or why
        return ok and record
      end
    end
  end, function() return why end)
end

local function strike(place, word)
  stage.act()
  stage.row("net", "the model: " .. word)
  local ok, why = native.fault(word)
  if not ok then stage.fail(place, "the model cannot go wrong now: %s", why) end
  stage.absorb()
end

--- Its connection breaks; { code =, reason = } closes it instead, in words.
function M:drops(options)
  local word = "drop"
  if options then
    word = ("close:%d:%s"):format(options.code or 1011, options.reason or "")
  end
  strike(stage.here(), word)
end

--- Nothing comes from it for a time, or ever.
function M:stalls(time)
  strike(stage.here(), ("stall:%d"):format(time and book.ms(time, "model:stalls") or 0))
end

--- The next answer begins later by time.
function M:lags(time)
  strike(stage.here(), ("slow:%d"):format(book.ms(time, "model:lags")))
end

--- The next answer fails.
function M:fails(code)
  strike(stage.here(), code and "fail:" .. code or "fail")
end

--- The session's time is over.
function M:expires() strike(stage.here(), "expire") end

local spoils, is_spoil = {}, {} -- the faults that need no number and have no verb
local has_verb = { drop = true, close = true, stall = true, expire = true, fail = true,
  slow = true }
for _, name in ipairs(native.faults()) do
  if not has_verb[name] then
    spoils[#spoils + 1] = name
    is_spoil[name] = true
  end
end

-- What some faults are told: how much later something comes, or with which code.
local said_of = {
  late_transcript = function(options) return book.ms(options.after or "1s", "after") end,
  refuse_update = function(options) return options.code or "" end,
}

--- What it sends next is not what it should be: { after = } for late_transcript, { code = } for
--- refuse_update.
function M:garbles(how, options)
  how = how or "not_json"
  if not is_spoil[how] then
    error(("model:garbles: there is no '%s'%s"):format(tostring(how), hint.near(how, spoils)), 0)
  end
  local say = said_of[how]
  strike(stage.here(), say and how .. ":" .. say(options or {}) or how)
end

--- The next dials are answered with an HTTP status: { times =, body = }. Before anything else in a
--- scenario, the first is.
function M:refuses(status, options)
  local body = options and options.body or ""
  native.refuse(status or 429, type(body) == "table" and native.encode(body) or body,
    options and options.times)
end

hint.party("model", M, {})

return { verbs = M, lines = lines }
