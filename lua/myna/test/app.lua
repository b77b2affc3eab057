--- The app: the thing under test. Its verbs look; app.http stands for the servers behind it.
local book = require "myna.test.book"
local hint = require "myna.test.hint"
local look = require "myna.test.look"
local mail = require "myna.test.mail"
local match = require "myna.test.match"
local net = require "myna.test.net"
local stage = require "myna.test.stage"
local writer = require "myna.test.writer"

local alone_ms = 30000 -- a tool's own time-out, unless it says another

local stand_ins = {} -- functions of the scenario, by the name of the tool

local function known_tool(name, verb)
  local names = native.tools()
  for _, other in ipairs(names) do
    if other == name then return end
  end
  error(("%s: the app has no tool '%s'%s"):format(verb, tostring(name), hint.near(name, names)), 0)
end

--- app.tools.name = function(args) return output end. The schema stays.
local tools = setmetatable({}, { __index = stand_ins, __newindex = function(_, name, run)
  known_tool(name, "app.tools")
  if run ~= nil and type(run) ~= "function" then
    error(("app.tools.%s: expected a function"):format(name), 0)
  end
  stand_ins[name] = run
  native.stand_in(function(tool, arguments)
    local stand_in = stand_ins[tool]
    if not stand_in then return nil end
    local ok, value, words = pcall(stand_in, native.decode(arguments))
    if not ok and type(value) == "table" and value.failure then stage.broken = value end
    return native.encode(ok and { value = value, words = words } or { error = tostring(value) })
  end)
end })

local M = { tools = tools, text_model = writer.verbs, moderation = writer.moderation,
  http = hint.party("app.http", { on = net.on }, {}), mail = mail.server }

local function with(fields)
  return next(fields) and " with " .. match.show(fields) or ""
end

--- A tool's record as expectations name it.
local function call_of(value)
  return { args = value.args, output = value.result, seconds = value.seconds }
end

local function tools_since(lane)
  local names = {}
  for _, record in ipairs(stage.lanes[lane]) do names[#names + 1] = record.value.tool end
  return #names > 0 and "so far: " .. table.concat(names, ", ") or "no tool was called"
end

local function expect_call(lane, word, name, options)
  local fields, why = look.fields(options), nil
  return look.expect(("%s to %s%s"):format(name, word, with(fields)), options, function()
    return stage.find(lane, function(record)
      if record.value.tool ~= name then return false end
      local ok, reason = match.same(fields, call_of(record.value))
      why = not ok and ("it did at %s, but %s"):format(look.at(record.at), reason) or why
      return ok
    end)
  end, function() return why or tools_since(lane) end).value
end

--- expect_tool(name, { output =, args =, within, after }): it ended, and the model read that.
--- Gives the record: tool, args, result, call_id, seconds.
function M:expect_tool(name, options) return expect_call("ended", "end", name, options) end

--- Gives the record: tool, args, call_id.
function M:expect_tool_started(name, options)
  return expect_call("started", "start", name, options)
end

--- Runs one tool, alone: the conversation does not notice. Gives its output.
function M:runs(name, args, options)
  local place = stage.here()
  known_tool(name, "app:runs")
  stage.act()
  local json = next(args or {}) and native.encode(args) or "{}"
  local ok, why = native.run_alone(name, json)
  if not ok then stage.fail(place, "%s cannot run: %s", name, why) end
  local within = options and options.within and book.ms(options.within, "within") or alone_ms
  local record = stage.wait(native.now() + within, function()
    return stage.newest("ended", function(it) return it.value.call_id == "alone" end)
  end)
  if not record then
    stage.fail(place, "expected %s to end within %s; it runs still", name, look.length(within))
  end
  local output = native.decode(record.value.result)
  if output == nil then return record.value.result end
  return output
end

--- The author edits a file of the app's and saves it: the app is read again, calls go on.
function M:edits(path, text, options)
  local place = stage.here()
  stage.act()
  local done, why = native.reload(path, text)
  local refused = options and options.refused
  if not refused and not done then stage.fail(place, "the app does not load any more: %s", why) end
  if not refused then return end
  if done then stage.fail(place, "expected the app to be refused; it loads") end
  local ok, reason = match.same(refused, why)
  if not ok then stage.fail(place, "the app is refused, but %s", reason) end
end

--- expect_handoff(agent, { from =, within, after }). Gives what was noted of it, as the others do.
function M:expect_handoff(agent, options)
  local fields = look.fields(options)
  return look.expect_record("handoff", ("a handoff to %s"):format(agent), options, function(record)
    return record.value.to == agent and match.same(fields, record.value)
  end, function(record)
    return ("%s handed off to %s"):format(record.value.from, record.value.to)
  end, ("%s has the call"):format(native.agent() or "nobody")).value
end

--- expect_guardrail(name, { on =, info =, tool =, within, after }): it tripped. Gives the record.
function M:expect_guardrail(name, options)
  local fields = look.fields(options)
  return look.expect_record("guardrail", ("guardrail '%s' to trip%s"):format(name, with(fields)),
    options, function(record)
      return record.value.name == name and match.same(fields, record.value)
    end, function(record) return ("'%s' tripped"):format(record.value.name) end,
    "none tripped").value
end

--- expect_http("GET /path", { query =, json =, headers =, within, after }). Gives the request.
function M:expect_http(request, options)
  local fields = look.fields(options)
  return net.request(look.expect_record("http", request .. with(fields), options, function(record)
    local sent = net.request(record)
    if sent.method .. " " .. sent.path ~= request then return false end
    return match.same(fields, sent)
  end, function(record) return net.show(record.value) .. " was sent" end, "no request was sent"))
end

--- expect_mail { to =, subject =, text =, ..., within, after }. Gives the mail.
function M:expect_mail(options) return mail.expect(options) end

--- No mail with these fields, from here to the end.
function M:expect_no_mail(fields) mail.expect_none(fields) end

--- expect_state({ ... }, { within })
function M:expect_state(fields, options)
  local why = "the call is over"
  look.expect("ctx.state to have " .. match.show(fields), options, function()
    local state = native.state()
    if not state then return nil end
    local ok, reason = match.same(fields, state)
    why = reason or why
    return ok
  end, function() return why end)
end

local function newest_line(items)
  local item = items[#items]
  return item and "the newest item is " .. match.show(item) or "it is empty"
end

--- expect_history({ role =, text =, ... }, { within }): an item that stands there now.
function M:expect_history(fields, options)
  local items = {}
  return look.expect("an item of the history with " .. match.show(fields), options, function()
    items = native.history() or items
    for i = #items, 1, -1 do
      if match.same(fields, items[i]) then return items[i] end
    end
  end, function() return newest_line(items) end)
end

--- expect_log(text or { level =, text =, ... }, { within, after })
function M:expect_log(wanted, options)
  local fields = type(wanted) == "table" and wanted or { text = wanted }
  return look.expect_record("log", "a line of the log with " .. match.show(fields), options,
    function(record) return match.same(fields, record.value) end,
    function(record) return ("the newest is %s"):format(match.quote(record.value.text)) end,
    "nothing was logged").value
end

--- expect_trace(name, { field = value, within, after }): a point of the app's own (ctx:trace).
--- Gives its fields.
function M:expect_trace(name, options)
  if type(name) ~= "string" then error("app:expect_trace: expected a name", 2) end
  local fields = look.fields(options)
  return look.expect_record("trace", "the point " .. name .. with(fields), options, function(record)
    return record.value.name == name and match.same(fields, record.value.fields)
  end, function(record) return ("the newest is %s"):format(record.value.name) end,
    "there was none").value.fields
end

--- expect_error(code or { code =, message =, from = }, { within, after })
function M:expect_error(wanted, options)
  local fields = type(wanted) == "table" and wanted or { code = wanted }
  return look.expect_record("error", "an error with " .. match.show(fields), options,
    function(record) return match.same(fields, record.value) end,
    function(record) return "there was " .. match.show(record.value) end, "there was none").value
end

--- expect(function(state, history) return ... end, { within })
function M:expect(check, options)
  if type(check) ~= "function" then error("app:expect: expected a function", 2) end
  look.expect("the function to say yes", options, function()
    return check(native.state() or {}, native.history() or {})
  end, function() return "it never did" end)
end

--- What the call has used, as its newest record has it.
local function usage()
  local newest = stage.lanes.usage[#stage.lanes.usage]
  return newest and newest.value.total or { responses = 0 }
end

--- expect_usage({ responses =, total_tokens =, cost_usd =, ... }, { within }): the fields of
--- ctx.usage, of the call so far.
function M:expect_usage(fields, options)
  local why
  look.expect("usage of " .. match.show(fields), options, function()
    local ok, reason = match.same(fields, usage())
    why = reason
    return ok
  end, function() return "it is " .. match.show(usage()) .. (why and ": " .. why or "") end)
end

--- expect_approval(tool, { args =, approve_by =, within, after }): a call waits for a word.
--- Gives the record: tool, args, call_id, approve_by.
function M:expect_approval(name, options)
  local fields = look.fields(options)
  known_tool(name, "app:expect_approval")
  return look.expect_record("approval", ("%s to wait for an approval%s"):format(name, with(fields)),
    options, function(record)
      return record.value.tool == name and match.same(fields, record.value)
    end, function(record) return record.value.tool .. " did" end, tools_since "started").value
end

local decided = 0 -- of the approvals asked for, in their order
local operator = {}

--- The next call that waits for a word gets it.
local function decide(verb, approved, why)
  local place = stage.here()
  stage.act()
  while decided < #stage.lanes.approval do
    decided = decided + 1
    local value = stage.lanes.approval[decided].value
    if native.approve(value.call_id, approved, why or "") then
      stage.row("tool", ("the operator %s %s"):format(verb, value.tool))
      stage.absorb()
      return
    end
  end
  stage.fail(place, "the operator has nothing to decide: no tool waits for an approval now")
end

function operator:approves() decide("approves", true) end

--- why: words for the model.
function operator:rejects(why) decide("rejects", false, why) end

M.operator = hint.party("app.operator", operator, { says = "operators do not speak yet" })

return hint.party("app", M, {})
