--- What a route returned, as bytes: a head (the status, then a line for each header) and a body.
local kinds = require "myna.kinds"

local M = {}

local known = { status = true, headers = true, json = true, text = true, html = true, body = true,
  file = true, res = true }

local types = { html = "text/html; charset=utf-8", css = "text/css; charset=utf-8",
  js = "text/javascript; charset=utf-8", mjs = "text/javascript; charset=utf-8",
  txt = "text/plain; charset=utf-8", md = "text/markdown; charset=utf-8",
  json = "application/json", svg = "image/svg+xml", png = "image/png", jpg = "image/jpeg",
  jpeg = "image/jpeg", gif = "image/gif", webp = "image/webp", ico = "image/x-icon",
  wav = "audio/wav", mp3 = "audio/mpeg", pdf = "application/pdf", wasm = "application/wasm" }

local ours = { ["content-length"] = true, connection = true, ["transfer-encoding"] = true }

local function wrong(format, ...)
  error(("the reply: " .. format):format(...), 0)
end

local function encoded(value)
  local json, why = native.encode(value, "json", native.limit())
  if json then return json end
  if why == "too large" then
    wrong("json: over %d KB, the most a route may answer (route-reply)", native.limit() // 1024)
  end
  error(why, 0)
end

local function string_of(field, value)
  if type(value) == "string" then return value end
  wrong("%s: expected a string, got %s", field, kinds.describe(value))
end

local function served(path)
  local bytes = native.served(string_of("file", path))
  if bytes then return bytes, types[path:match "%.(%w+)$"] or "application/octet-stream" end
  return "{\"error\":{\"message\":\"There is nothing at this path.\",\"type\":"
    .. "\"invalid_request_error\",\"code\":\"not_found\",\"param\":null}}", "application/json", 404
end

--- Of what a request of the app's own brought: its status, type and body.
local function passed_on(res)
  if kinds.of(res) ~= "response" then
    wrong("res: expected what a request returned, got %s", kinds.describe(res))
  elseif not res.status then
    error(("%s: %s: %s"):format(res.what, res.err.code, res.err.message), 0)
  end
  return res.body or "", res.headers["content-type"] or "application/octet-stream", res.status
end

local bodies = {
  json = function(value) return encoded(value), "application/json" end,
  text = function(value) return string_of("text", value), "text/plain; charset=utf-8" end,
  html = function(value) return string_of("html", value), "text/html; charset=utf-8" end,
  body = function(value) return string_of("body", value), "application/octet-stream" end,
  file = served,
  res = passed_on,
}

--- Body, type and status by the one of its fields that says what the body is.
local function body_of(value)
  local found
  for name in pairs(value) do
    if name == "call" then wrong("only a WS route opens a call") end
    if not known[name] then
      wrong("unknown field '%s'%s: what is to be sent as JSON goes in json = { ... }",
        tostring(name), require "myna.mistakes".hint(name, known))
    end
    if bodies[name] and found then wrong("it has both %s and %s", found, name) end
    found = bodies[name] and name or found
  end
  if found then return bodies[found](value[found]) end
  return "", nil, value.status or 204
end

local function add_header(lines, name, value)
  if type(value) == "number" then value = tostring(value) end
  if type(value) == "table" and not kinds.of(value) then
    for _, one in ipairs(value) do add_header(lines, name, one) end
    return
  end
  if type(name) ~= "string" or not name:find "^[%w%-_]+$" then
    wrong("headers: '%s' is not a header's name", tostring(name))
  elseif type(value) ~= "string" or value:find "[%z\1-\8\10-\31\127]" then
    wrong("headers: %s: expected a string of one line", name)
  elseif ours[name:lower()] then
    wrong("headers: %s is the server's to say", name)
  end
  lines[#lines + 1] = name .. ": " .. value
end

local function sorted(headers)
  local names = {}
  for name in pairs(headers) do names[#names + 1] = name end
  table.sort(names, function(a, b) return tostring(a) < tostring(b) end)
  return names
end

local function head_of(status, type_of_body, headers)
  if math.type(status) ~= "integer" or status < 200 or status > 599 then
    wrong("status: expected 200 to 599, got %s", tostring(status))
  elseif type(headers) ~= "table" or kinds.of(headers) then
    wrong("headers: expected a table, got %s", kinds.describe(headers))
  end
  local lines = { tostring(status), "" }
  for _, name in ipairs(sorted(headers)) do
    if tostring(name):lower() == "content-type" then
      type_of_body = headers[name]
    else
      add_header(lines, name, headers[name])
    end
  end
  local typed = {}
  add_header(typed, "Content-Type", type_of_body or "text/plain; charset=utf-8")
  lines[2] = typed[1]
  return table.concat(lines, "\n")
end

--- Gives head and body; raises what is wrong with it.
function M.read(value)
  if value == nil then return "204", "" end
  if type(value) == "string" then value = { text = value } end
  if type(value) ~= "table" or kinds.of(value) then
    wrong("expected a table such as { json = { ... } }, got %s", kinds.describe(value))
  end
  local body, type_of_body, status = body_of(value)
  if #body > native.limit() then
    wrong("over %d KB, the most a route may answer (route-reply)", native.limit() // 1024)
  end
  return head_of(value.status or status or 200, type_of_body, value.headers or {}), body
end

return M
