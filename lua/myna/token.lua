--- myna.token { user, ttl, single_use, claims }: a key for one caller, for a while.
local duration = require "myna.duration"
local fields = require "myna.fields"
local kinds = require "myna.kinds"

local M = {}

local least_ms = 1000

local function life(value)
  local ms, why = duration.read(value)
  if ms and ms < least_ms then return nil, "expected a second or more" end
  return ms, why
end

local function claims(value)
  if type(value) ~= "table" or kinds.of(value) or value[1] ~= nil then
    return nil, "expected a table of names and values, got "
      .. (type(value) == "table" and not kinds.of(value) and "a list" or kinds.describe(value))
  end
  return value
end

local rules = {
  app = { "words" }, user = { "words" }, ttl = { life, default = 600000 },
  single_use = { "boolean" }, claims = { claims },
}

--- { value, expires_at }, as the API gives a client secret. What cannot be made raises.
function M.new(spec)
  if native.loading() then
    error(native.place "myna.token cannot be used while a file is loading: use it in a function",
      0)
  end
  local ask = fields.check("myna.token", spec == nil and {} or spec, rules)
  local made, why = native.token(native.encode({ app = ask.app, user = ask.user, ttl_ms = ask.ttl,
    single_use = ask.single_use, claims = ask.claims }, "myna.token"))
  if not made then error(native.place("myna.token: " .. why), 0) end
  return native.decode(made)
end

return M
