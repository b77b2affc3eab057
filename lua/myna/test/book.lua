--- The scenarios of a file, in the order they are written.
local duration = require "myna.duration"
local hint = require "myna.test.hint"

-- current: the scenario that is played; place: of the one a file of data names now
local M = { scenarios = {}, befores = {}, current = nil, place = nil }

local default_at = { 2026, 1, 5, 10, 0, 0 }

local function plain(type_name, words)
  return function(value)
    if type(value) == type_name then return value end
    return nil, ("expected %s, got a %s"):format(words, type(value))
  end
end

local readers = {
  seed = function(value)
    if math.type(value) == "integer" and value >= 0 then return value end
    return nil, "expected a whole number from 0"
  end,
  start = plain("string", "an agent's name"),
  silence = function(value)
    if value == false then return value end
    local ms, why = duration.read(value)
    return ms, why
  end,
  state = plain("table", "a table"),
  history = function(value)
    if type(value) == "string" then return value end
    if type(value) ~= "table" then return nil, "expected a list of items, or their JSON" end
    return native.encode(value)
  end,
  env = function(value)
    local lines = {}
    if type(value) ~= "table" then return nil, "expected a table such as { NAME = \"value\" }" end
    for _, name in ipairs(hint.sorted(value)) do
      if type(name) ~= "string" or type(value[name]) ~= "string" then
        return nil, ("expected names and texts, got %s"):format(tostring(name))
      end
      lines[#lines + 1] = ('%s="%s"'):format(name, (value[name]:gsub('[\\"]', "\\%0")
        :gsub("\n", "\\n")))
    end
    return table.concat(lines, "\n")
  end,
  snapshot = plain("boolean", "true or false"),
  brain = plain("boolean", "true or false"),
}

local caller_fields = { from = true, to = true, channel = true, meta = true, user = true,
  events = true }

function readers.caller(value)
  if type(value) ~= "table" then return nil, "expected a table such as { from = \"+44...\" }" end
  for _, key in ipairs(hint.sorted(value)) do
    if not caller_fields[key] then
      return nil, ("unknown field '%s'%s"):format(tostring(key),
        hint.near(key, hint.sorted(caller_fields)))
    end
  end
  if value.events ~= nil and value.events ~= "myna" then
    return nil, "events: expected \"myna\""
  end
  return value
end

function readers.at(value)
  local pattern = "^(%d%d%d%d)%-(%d%d)%-(%d%d) (%d%d):(%d%d):?(%d?%d?)$"
  local at = type(value) == "string" and { value:match(pattern) } or {}
  if not at[1] then return nil, "expected a time such as \"2026-01-05 10:00\"" end
  for i = 1, 6 do at[i] = tonumber(at[i]) or 0 end
  return at
end

function readers.tags(value)
  for _, tag in ipairs(type(value) == "table" and value or { false }) do
    if type(tag) ~= "string" then return nil, "expected a list of words" end
  end
  return value
end

function readers.skip(value)
  if value == true then return "skipped" end
  if value == false or type(value) == "string" then return value end
  return nil, "expected the reason, or true"
end


--- A mistake in the file raises while it loads, with the author's line.
local function refuse(message, ...)
  error(("%s: %s"):format(native.where() or M.place or "?", message:format(...)), 0)
end

--- What a scenario's options say.
local function read_options(name, options)
  local read = { at = default_at }
  for _, key in ipairs(hint.sorted(options)) do
    local reader = readers[key]
    local label = ("scenario '%s': %s"):format(name, tostring(key))
    if not reader then
      refuse("%s: unknown option%s", label, hint.near(key, hint.sorted(readers)))
    end
    local value, why = reader(options[key])
    if value == nil then refuse("%s: %s", label, why) end
    read[key] = value
  end
  return read
end

local function add(name, options, run)
  for _, other in ipairs(M.scenarios) do
    if other.name == name then refuse("two scenarios are named '%s'", name) end
  end
  local scenario = read_options(name, options)
  scenario.name, scenario.run, scenario.place = name, run, native.where() or M.place
  M.scenarios[#M.scenarios + 1] = scenario
end

--- test.scenario(name, options?, function(caller, model, app) ... end)
function M.scenario(name, options, run)
  if run == nil then options, run = {}, options end
  if type(name) ~= "string" or name == "" then refuse "test.scenario: expected a name first" end
  if type(options) ~= "table" then refuse("scenario '%s': expected a table of options", name) end
  if type(run) ~= "function" then
    refuse("scenario '%s': expected a function(caller, model, app)", name)
  end
  add(name, options, run)
end

--- Runs before each scenario of the file, with the same parties.
function M.before(run)
  if type(run) ~= "function" then refuse "test.before: expected a function" end
  M.befores[#M.befores + 1] = run
end

--- One step of test.data: { "caller:says", "words", ... } or { "app.http:on", "GET /x", "replies",
--- { ... } }.
local function play_step(parties, step, i)
  local party, verb = tostring(step[1]):match "^([%a.]+):([%a_]+)$"
  local object = parties[party]
  if not object then
    error(("step %d: '%s' is no verb of caller, model, app, app.http or app.operator"):format(i,
      tostring(step[1])), 0)
  end
  local result = object[verb](object, table.unpack(step, 2))
  if party == "app.http" and step[3] then result[step[3]](result, step[4]) end
end

--- test.data { name =, steps = { { "caller:says", ... }, ... }, tags =, at =, ... }
function M.data(spec)
  if type(spec) ~= "table" or type(spec.steps) ~= "table" then
    refuse "test.data: expected { name =, steps = { ... } }"
  end
  local options = {}
  for key, value in pairs(spec) do
    if key ~= "name" and key ~= "steps" then options[key] = value end
  end
  local place = native.where() or M.place
  add(spec.name or "data", options, function(caller, model, app)
    local parties = { caller = caller, model = model, app = app, ["app.http"] = app.http,
      ["app.operator"] = app.operator }
    for i, step in ipairs(spec.steps) do
      M.step = ("%s (step %d)"):format(place, i)
      play_step(parties, step, i)
    end
  end)
end

--- Reads a duration of the author's; a mistake raises at the author's line.
function M.ms(value, what)
  local ms, why = duration.read(value)
  if not ms then error(("%s: %s"):format(what, why), 0) end
  return ms
end

return M
