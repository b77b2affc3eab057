--- The body of an answer as it comes: in chunks, lines, or the events of text/event-stream.
local M = {}

local longest = 1048576 -- bytes of one line or event: it is held until its end comes

--- The next piece; nil at the end. Raises what broke the answer off.
local function next_chunk(res)
  local chunk, code, message = native.stream_read(res.stream)
  if code then
    res.err = { code = code, message = message, retryable = false }
    error(res:failure(), 0)
  end
  return chunk
end

function M.chunks(res)
  return function() return next_chunk(res) end
end

--- Lines end with \n or \r\n, which are not part of them. The last may lack its end.
function M.lines(res)
  local rest, from = "", 1
  return function()
    while true do
      local at = rest:find("\n", from, true)
      if at then
        local line = rest:sub(from, at - 1)
        from = at + 1
        return (line:gsub("\r$", ""))
      end
      local chunk = next_chunk(res)
      rest, from = rest:sub(from) .. (chunk or ""), 1
      if not chunk then
        local last = rest
        rest = ""
        return last ~= "" and last or nil
      end
      if #rest > longest then error(("%s: a line over %d bytes"):format(res.what, longest), 0) end
    end
  end
end

--- The fields of an event, by the rules of server-sent events.
local takes = {
  event = function(event, value) event.event = value end,
  data = function(event, value)
    event.data = event.data and event.data .. "\n" .. value or value
  end,
  id = function(event, value) event.id = value end,
  retry = function(event, value) event.retry = tonumber(value) end,
}

local function take_line(event, line)
  local name, value = line:match "^([^:]*):? ?(.*)$"
  local take = takes[name] -- a comment's name is empty
  if take then take(event, value) end
end

--- Each is { event = "message", data =, id = }; one without data is none.
function M.events(res)
  local next_line = M.lines(res)
  return function()
    local event, size = {}, 0
    for line in next_line do
      if line == "" then
        if event.data then
          event.event = event.event or "message"
          return event
        end
        event, size = {}, 0
      else
        size = size + #line
        if size > longest then
          error(("%s: an event over %d bytes"):format(res.what, longest), 0)
        end
        take_line(event, line)
      end
    end
  end
end

--- All that is left, as one string and no longer than a line may be.
function M.rest(res)
  local parts, size = {}, 0
  for chunk in M.chunks(res) do
    size = size + #chunk
    if size > longest then error(("%s: over %d bytes"):format(res.what, longest), 0) end
    parts[#parts + 1] = chunk
  end
  return table.concat(parts)
end

return M
