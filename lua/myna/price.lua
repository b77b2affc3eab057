--- Prices (R66): `price` of an app, and what a model costs by it. Read when an app is checked; a
--- call knows only the numbers that come of it.
local fields = require "myna.fields"
local kinds = require "myna.kinds"

local M = {}

local function dollars(value)
  if type(value) == "number" and value >= 0 and value <= 1000000 then return value end
  return nil, "expected dollars, got " .. (type(value) == "number" and tostring(value)
    or kinds.describe(value))
end

local rates = { input = { dollars, required = true }, cached = { dollars }, output = { dollars } }

local function modality(name)
  return function(value) return fields.check("app: price: " .. name, value, rates) end
end

local rules = { text = { modality "text" }, audio = { modality "audio" },
  image = { modality "image" }, minute = { dollars } }

--- { ["a-model"] = { text = { input =, cached =, output = }, audio =, image =, minute = } }
function M.read(value)
  if type(value) ~= "table" or kinds.of(value) then
    return nil, "expected a table of models, got " .. kinds.describe(value)
  end
  local out = {}
  for model, row in pairs(value) do
    if type(model) ~= "string" then return nil, "expected the names of models as its fields" end
    out[model] = fields.check(("app: price: '%s'"):format(model), row, rules)
  end
  return out
end

--- The row of a model; "gpt-realtime-2025-08-28" is a version of "gpt-realtime".
local function row_of(prices, model)
  return prices[model] or prices[model:match "^(.-)%-%d%d%d%d%-%d%d%-%d%d$" or ""]
end

--- A dollar a million tokens is a thousand nanodollars a token; a minute's are nanodollars.
local function nano(usd, times)
  return math.floor((usd or 0) * times + 0.5)
end

--- What runtime/script/plan.c reads: nanodollars, in the order of struct mn_price; or nil.
function M.find(own, model)
  local row = model and (row_of(own or {}, model) or row_of(require "myna.prices", model))
  if not row then return nil end
  local out = {}
  for _, rate in ipairs { "input", "cached", "output" } do
    for _, name in ipairs { "text", "audio", "image" } do
      local of = row[name] or {}
      local usd = of[rate]
      if rate == "cached" and usd == nil then usd = of.input end
      out[#out + 1] = nano(usd, 1000)
    end
  end
  out[#out + 1] = nano(row.minute, 1000000000)
  return out
end

return M
