--- myna.app: who answers, who else there is, and what holds for the whole call.
local fields = require "myna.fields"
local kinds = require "myna.kinds"
local mistakes = require "myna.mistakes"

local M = {}
local make = kinds.new "app"

local function greeting(value)
  if type(value) == "string" then return { words = value } end
  if type(value) ~= "table" or kinds.of(value) then
    return nil, "expected words or { instructions = ... }, got " .. kinds.describe(value)
  end
  local set = fields.check("app: greeting", value, { instructions = { "words" },
    say = { "words" }, interrupt = { "boolean" } })
  if (set.say == nil) == (set.instructions == nil) then
    return nil, "expected say = \"these words\" or instructions = \"find your own\""
  elseif set.interrupt == false and not set.say then
    return nil, "interrupt = false needs say = \"these words\""
  end
  return set
end

local function detection(value)
  if type(value) == "table" and not kinds.of(value) and type(value.type) == "string" then
    return value -- the API's own
  end
  return fields.one_of { "server_vad", "semantic_vad", "none" } (value)
end

local function phrases(value)
  local list = type(value) == "string" and { value } or value
  for _, phrase in ipairs(type(list) == "table" and list or { 0 }) do
    if type(phrase) ~= "string" or not phrase:find "%w" and not phrase:find "[\x80-\xff]" then
      return nil, "expected a list of words such as { \"mhm\", \"uh-huh\" }"
    end
  end
  return list
end

local turn_rules = {
  detection = { detection },
  eagerness = { fields.one_of { "low", "medium", "high", "auto" } },
  threshold = { "any" },
  prefix_padding_ms = { "count" },
  silence_duration_ms = { "count" },
  min_words = { "count" },
  min_ms = { "count" },
  ignore = { phrases },
  resume_after = { "duration" },
}

local function turn(value)
  local set = fields.check("app: turn", value, turn_rules)
  if set.resume_after and not (set.min_words or set.min_ms or set.ignore) then
    return nil, "resume_after needs min_words, min_ms or ignore"
  elseif set.detection == "none" and (set.min_words or set.min_ms or set.ignore) then
    return nil, "with detection = \"none\" the caller decides, and no rule does"
  end
  return set
end

local function transcription(value)
  if type(value) == "string" then return { model = value } end
  if type(value) == "table" and not kinds.of(value) then return value end
  return nil, "expected a model's name or a table, got " .. kinds.describe(value)
end

local rung_rules = {
  after = { "duration", required = true },
  say = { "words" },
  hang_up = { "boolean" },
}

local function idle(value)
  if type(value) ~= "table" or kinds.of(value) then
    return nil, "expected a list such as { { after = \"8s\", say = \"Hello?\" } }, got "
      .. kinds.describe(value)
  end
  local ladder = value.after and { value } or value
  local out = {}
  for i, rung in ipairs(ladder) do
    local what = ("app: idle[%d]"):format(i)
    out[i] = fields.check(what, rung, rung_rules)
    if out[i].after == 0 then mistakes.field("after", "%s: after: expected more than 0", what) end
    if not out[i].say and not out[i].hang_up then
      mistakes.add("%s: expected say = \"...\" or hang_up = true", what)
    elseif out[i].hang_up and i < #ladder then
      mistakes.add("%s: nothing comes after hang_up = true", what)
    end
  end
  return out
end

local function between(least, most, is_whole)
  return function(value)
    if type(value) == "number" and value >= least and value <= most
      and (not is_whole or math.type(value) == "integer") then return value end
    return nil, ("expected %s from %s"):format(is_whole and "a whole number" or "dollars", least)
  end
end

local limit_rules = {
  duration = { "duration" },
  idle = { "duration" },
  tokens = { between(1, 1000000000, true) },
  cost_usd = { between(0.000001, 1000000) },
  farewell = { "words" },
  tools_per_turn = { "count" },
  handoffs_per_turn = { "count" },
  resume = { "duration" },
  owed_response = { "duration" },
}

local function limits(value)
  return fields.check("app: limits", value, limit_rules)
end

local function handlers(value)
  local rules = { reload = { "function" } }
  for _, name in ipairs(native.notes()) do rules[name] = { "function" } end
  return fields.check("app: on", value, rules)
end

local function state(value)
  if type(value) ~= "table" or kinds.of(value) then
    return nil, "expected a table, got " .. kinds.describe(value)
  end
  local ok, json, why = pcall(native.encode, value, "state")
  if ok and json then return value end
  return nil, ok and why or json
end

local function timezone(value)
  if type(value) == "string" and native.is_zone(value) then return value end
  return nil, ("%s is not a time zone such as \"Europe/London\""):format(
    type(value) == "string" and ("'%s'"):format(value) or kinds.describe(value))
end

local caller_rules = { system_messages = { "boolean" }, assistant_messages = { "boolean" },
  responses = { "boolean" } }

local function caller(value)
  return fields.check("app: caller", value, caller_rules)
end

local formats = { "pcm", "pcmu", "pcma" }
local audio_rules = { input = { fields.one_of(formats), default = "pcm" },
  output = { fields.one_of(formats), default = "pcm" } }

--- What calls sound like until their caller's client says otherwise.
local function audio(value)
  if type(value) == "table" then return fields.check("app: audio", value, audio_rules) end
  local format, why = fields.one_of(formats)(value)
  if not format then return nil, why end
  return { input = format, output = format }
end

--- A field whose page is loaded only when an app has it.
local function of_page(page, name)
  return function(value) return require("myna." .. page)[name](value) end
end

local function address(value)
  if value == "sim" or value == "openai" then return value end
  if type(value) == "string" and value:find "^wss?://[^/%s]+" and not value:find "%s" then
    return value
  end
  return nil, "expected \"sim\", \"openai\" or ws(s)://host[:port][/path], got "
    .. (type(value) == "string" and ("'%s'"):format(value) or kinds.describe(value))
end

local rules = {
  name = { "words" },
  upstream = { address },
  fallback = { address },
  agent = { fields.kind("agent", "an agent"), required = true },
  agents = { "table", default = {} },
  greeting = { greeting },
  model = { "words", default = "gpt-realtime" },
  voice = { "words" },
  timezone = { timezone },
  state = { state },
  transcription = { transcription },
  turn = { turn },
  idle = { idle },
  limits = { limits, default = {} },
  output = { fields.one_of { "audio", "text" }, default = "audio" },
  price = { function(value) return require "myna.price".read(value) end },
  expose = { fields.one_of { "all" } },
  on = { handlers, default = {} },
  caller = { caller },
  audio = { audio },
  dtmf = { fields.one_of { "tell", "ignore" } },
  webrtc = { fields.one_of { "direct" } },
  live = { "boolean" },
  client_events = { of_page("traffic", "client") },
  server_events = { of_page("traffic", "server") },
  routes = { of_page("routes", "read") },
  input_guardrails = { of_page("guardrail", "list") },
  output_guardrails = { of_page("guardrail", "list") },
}

local function read_agents(what, list)
  local agents, is_whole = {}, true
  fields.each(list, function(value)
    if kinds.is_broken(value) then
      is_whole = false
    elseif kinds.of(value) == "agent" then
      agents[#agents + 1] = value
    else
      mistakes.add("%s: agents: expected an agent, got %s", what, kinds.describe(value))
    end
  end)
  return agents, is_whole
end

function M.new(spec)
  local what = fields.label("app", spec)
  local app = fields.check(what, spec, rules)
  app.at = native.where()
  app.agents, app.is_whole = read_agents(what, app.agents or {})
  if type(spec) == "table" and not app.agent then app.is_whole = false end
  return make(app)
end

return M
