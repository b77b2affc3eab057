--- What the runner calls (runtime/sim/scenario.c): what a file holds, and playing one of it.
local book = require "myna.test.book"

local M = {}

--- Name, skip (or nil) and tags, joined by spaces, of scenario i; nil past the last.
function M.describe(i)
  local scenario = book.scenarios[i]
  if not scenario then return nil end
  return scenario.name, scenario.skip or nil, table.concat(scenario.tags or {}, " "),
    scenario.place
end

--- What scenario i's stage needs: wall time in ms, seed or nil, agent or nil, and as JSON ctx.call,
--- ctx.user, ctx.state and the history; variables as a .env has them; whether it has a
--- snapshot; whether the caller asked for myna.* events.
function M.surroundings(i)
  local scenario, meta = book.scenarios[i], {}
  for key, value in pairs(scenario.caller or {}) do
    if key ~= "user" and key ~= "events" then meta[key] = value end
  end
  local user = scenario.caller and scenario.caller.user
  return native.unix(table.unpack(scenario.at)) * 1000, scenario.seed, scenario.start,
    next(meta) and native.encode(meta) or "", user ~= nil and native.encode(user) or "",
    scenario.state and native.encode(scenario.state) or "", scenario.history or "",
    scenario.env or "",
    scenario.snapshot or false, scenario.caller ~= nil and scenario.caller.events == "myna"
end

local function line_of(text, name)
  local at = type(name) == "string" and text:find(native.encode(name), 1, true) or 1
  local _, breaks = text:sub(1, at):gsub("\n", "")
  return breaks + 1
end

--- Reads a file of data: one { name =, steps = }, or a list of such.
function M.json(path, text)
  local data = native.decode(text)
  if type(data) ~= "table" then error(path .. ":1: it is no JSON object or list", 0) end
  for _, spec in ipairs(data[1] and data or { data }) do
    local name = type(spec) == "table" and spec.name or nil
    book.place = ("%s:%d"):format(path, line_of(text, name))
    book.data(spec)
  end
end

--- The author's frames; nil when there is one, which is the place itself.
local function traceback()
  local trace = native.traceback()
  return trace:find "\n." and trace or nil
end

local function on_error(err)
  if type(err) == "table" and err.failure then
    err.trace = traceback()
    return err
  end
  local text = tostring(err)
  local place, message = text:match "^([^\n]-:%d+): (.*)$"
  return { place = book.step or native.where() or place or "?", message = message or text,
    at = native.now(), trace = traceback() }
end

--- Plays scenario i on the open stage. Returns a list of { place, message, details }.
function M.play(i)
  local caller = require "myna.test.caller"
  local model = require "myna.test.model"
  local app = require "myna.test.app"
  local ending = require "myna.test.ending"
  local stage = require "myna.test.stage"
  local timeline = require "myna.test.timeline"
  local scenario, failures = book.scenarios[i], {}

  book.current = scenario

  local function add(place, message, at, trace)
    local shown = timeline.lines(stage.rows, { at = at or native.now(), message = message })
    failures[#failures + 1] = { place = place, message = message,
      details = #failures == 0 and (trace and trace .. shown or shown) or "" }
  end

  local hung_up = false
  local ok, err = xpcall(function()
    for _, before in ipairs(book.befores) do before(caller, model.verbs, app) end
    scenario.run(caller, model.verbs, app)
    hung_up = native.over()
    book.step = scenario.place
    ending.settle(scenario.place)
  end, on_error)
  if ok then
    ending.check(add, scenario.place, hung_up)
  elseif type(err) == "string" then
    add(scenario.place, err) -- memory was out: no handler ran
  else
    add(err.place, err.message, err.at, err.trace)
  end
  return failures
end

return M
