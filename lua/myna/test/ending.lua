--- What is true at the end of every scenario, without a word.
local look = require "myna.test.look"
local match = require "myna.test.match"
local model = require "myna.test.model"
local silence = require "myna.test.silence"
local stage = require "myna.test.stage"
local writer = require "myna.test.writer"

local M = {}

local calm_ms = 60000 -- what the last line set going ends by then
local close_ms = 20000

local function is_calm()
  return native.over() or native.idle() and native.tasks() == 0 and not silence.is_owed()
end

--- Lets what is under way come to its end, then hangs up.
function M.settle(place)
  if not stage.wait(native.now() + calm_ms, is_calm, "deaf") then
    stage.fail(place, "the call did not come to rest within %s of the last line (%d tasks run)",
      look.length(calm_ms), native.tasks())
  end
  native.hang_up()
  stage.wait(native.now() + close_ms, function() return native.over() and not native.left() end)
end

local function unspoken(found)
  for _, line in ipairs(model.lines) do
    found(line.place, "never spoken, as nothing asked the model for another answer: " .. line.text)
  end
  for _, line in ipairs(writer.lines) do
    found(line.place, "never used, as nothing asked the text model for another answer: "
      .. line.text)
  end
end

--- R11: how often the model was sent each call's output. On a new connection a call is told again,
--- and its output with it: those count anew.
local function outputs()
  local sent, most = {}, {}
  for _, record in ipairs(stage.lanes.model) do
    local item = record.value.type == "conversation.item.create" and record.value.item
    if item and item.type == "function_call" then
      sent[item.call_id] = 0
    elseif item and item.type == "function_call_output" then
      sent[item.call_id] = (sent[item.call_id] or 0) + 1
      most[item.call_id] = math.max(most[item.call_id] or 0, sent[item.call_id])
    end
  end
  for call, times in pairs(sent) do
    if times > 0 then sent[call] = most[call] end
  end
  return sent
end

local function unanswered(found, place)
  local sent = outputs()
  for _, record in ipairs(stage.lanes.started) do
    local times = record.value.text_agent and 1 or sent[record.value.call_id] or 0
    if times ~= 1 and record.value.call_id ~= "alone" then
      found(place, ("the call of %s at %s was answered %s"):format(record.value.tool,
        look.at(record.at), times == 0 and "never" or times .. " times"), record.at)
    end
  end
end

local function errors(found, place)
  for _, record in ipairs(stage.lanes.error) do
    if not record.excused and record.value.from == "model" then
      found(place, ("the simulator refused an event at %s: %s"):format(look.at(record.at),
        record.value.message), record.at)
    end
  end
  for _, record in ipairs(stage.lanes.log) do
    local value = record.value
    if not record.excused and value.level == "error" then
      found(place, ("an error was logged at %s: %s: %s"):format(look.at(record.at), value.text,
        match.short(tostring(value.error or ""))), record.at)
    end
  end
end

--- What is there still, long after the caller has left.
local function handles(found, place)
  local left = native.left()
  if left then found(place, ("the call is over, and %s is left"):format(left)) end
end

--- Calls found(place, message, at) for what is not as it must be. hung_up: the scenario's own
--- caller left, so that calls under way need no answer.
function M.check(found, place, hung_up)
  unspoken(found)
  if not hung_up then unanswered(found, place) end
  errors(found, place)
  handles(found, place)
end

return M
