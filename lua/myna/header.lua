--- A header of a request: what may be one, and how its value is written.
local secrets = require "myna.secret"

local M = {}

--- What is wrong with it, or nil.
function M.wrong(name, value)
  if type(name) ~= "string" or not name:find "^[%w!#$%%&'*+%-.^_`|~]+$" then
    return ("header '%s': not a header's name"):format(tostring(name))
  end
  value = secrets.open(value)
  if type(value) == "number" then return nil end
  if type(value) ~= "string" or value:find "[\r\n%z]" then
    return ("header '%s': expected one line of text"):format(name)
  end
end

local digits = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/"

local function base64(text)
  local out = {}
  for i = 1, #text, 3 do
    local a, b, c = text:byte(i, i + 2)
    local bits = a << 16 | (b or 0) << 8 | (c or 0)
    for shift = 18, 0, -6 do
      local place = (bits >> shift & 63) + 1
      out[#out + 1] = digits:sub(place, place)
    end
    if not c then out[#out] = "=" end
    if not b then out[#out - 1] = "=" end
  end
  return table.concat(out)
end

--- The value of Authorization, or nil.
function M.authorization(client)
  if client.bearer then return "Bearer " .. secrets.open(client.bearer) end
  if client.basic then
    return "Basic " .. base64(secrets.open(client.basic[1]) .. ":" .. secrets.open(client.basic[2]))
  end
end

--- Writes headers by name as the list the natives take, secrets first; returns how many are.
function M.list(headers)
  local names, list, nsecret = {}, {}, 0
  for name in pairs(headers) do names[#names + 1] = name end
  local function is_secret(name)
    return name == "authorization" or secrets.open(headers[name][2]) ~= headers[name][2]
  end
  table.sort(names, function(a, b)
    local x, y = is_secret(a), is_secret(b)
    if x ~= y then return x end
    return a < b
  end)
  for _, name in ipairs(names) do
    local shown, value = headers[name][1], headers[name][2]
    local why = M.wrong(shown, value)
    if why then error(why, 0) end
    if is_secret(name) then nsecret = nsecret + 1 end
    list[#list + 1], list[#list + 2] = shown, tostring(secrets.open(value))
  end
  return list, nsecret
end

return M
