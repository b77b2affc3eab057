--- A body of several parts (RFC 7578): { sdp = offer, session = { body = json, type = ... } }.
local kinds = require "myna.kinds"

local function part_of(name, value)
  if type(value) ~= "table" then value = { body = value } end
  if kinds.of(value) or type(value.body) ~= "string" then
    error(("multipart: %s: expected a string, or { body = \"...\", type =, filename = }"):format(
      name), 0)
  end
  for field, text in pairs(value) do
    if field ~= "body" and field ~= "type" and field ~= "filename" then
      error(("multipart: %s: unknown field '%s'"):format(name, tostring(field)), 0)
    elseif field ~= "body" and (type(text) ~= "string" or text:find "[%c\"]") then
      error(("multipart: %s: %s: expected one line of text without quotes"):format(name, field), 0)
    end
  end
  return value
end

--- Gives the body and its content type.
return function(parts)
  local names, out = {}, {}
  for name in pairs(parts) do
    if type(name) ~= "string" or name:find "[%c\"]" then
      error(("multipart: '%s' is not a part's name"):format(tostring(name)), 0)
    end
    names[#names + 1] = name
  end
  table.sort(names)
  local boundary = "myna-" .. require "myna.uuid".new()
  for _, name in ipairs(names) do
    local part = part_of(name, parts[name])
    out[#out + 1] = ("--%s\r\nContent-Disposition: form-data; name=\"%s\"%s\r\n%s\r\n"):format(
      boundary, name, part.filename and ("; filename=\"%s\""):format(part.filename) or "",
      part.type and ("Content-Type: %s\r\n"):format(part.type) or "")
    out[#out + 1] = part.body
    out[#out + 1] = "\r\n"
  end
  out[#out + 1] = ("--%s--\r\n"):format(boundary)
  return table.concat(out), "multipart/form-data; boundary=" .. boundary
end
