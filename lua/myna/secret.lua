--- myna.env and myna.secret. A secret prints as secret:NAME; only the SDK opens it, in requests.
local kinds = require "myna.kinds"

local M = {}
local make, _, meta = kinds.new "secret"
local values = setmetatable({}, { __mode = "k" })

meta.__tostring = function(secret) return "secret:" .. secret.name end
meta.__concat = function(a, b) return tostring(a) .. tostring(b) end

local function read(word, name, default, is_secret)
  if type(name) ~= "string" or not name:find "^[%a_][%w_]*$" then
    require "myna.mistakes".add("myna.%s: expected the name of a variable, got %s", word,
      type(name) == "string" and ("'%s'"):format(name) or kinds.describe(name))
    return ""
  end
  if not native.loading() then
    error(("myna.%s is for the top of a file, not inside a function"):format(word), 3)
  end
  local value = native.variable(name, is_secret, default == nil)
  if value == nil then value = default end
  if value == nil then
    require "myna.mistakes".add("variable %s is not set (in the environment or .env)", name)
    return ""
  end
  if type(value) ~= "string" then
    require "myna.mistakes".add("myna.%s '%s': default: expected a string, got %s", word, name,
      kinds.describe(value))
    return ""
  end
  return value
end

function M.env(name, default) return read("env", name, default, false) end

function M.secret(name, default)
  local value = read("secret", name, default, true)
  local secret = make { name = tostring(name) }
  values[secret] = value
  return secret
end

--- A secret's value, or the value itself.
function M.open(value)
  local opened = values[value]
  if opened ~= nil then return opened end
  return value
end

return M
