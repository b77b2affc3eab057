--- URLs, put together.
local M = {}

local function escape(char) return ("%%%02X"):format(char:byte()) end

--- Percent-encodes everything but RFC 3986's unreserved characters.
function M.encode(text)
  return (tostring(text):gsub("[^%w%-._~]", escape))
end

local function scalar(value)
  if math.type(value) == "float" and value == math.floor(value) and value > -1e15
    and value < 1e15 then
    return ("%d"):format(value)
  end
  return tostring(value)
end

--- "a=1&b=2" of a table, keys sorted; a list gives its key again for each value.
function M.form(values, open)
  local names, out = {}, {}
  for name in pairs(values) do names[#names + 1] = tostring(name) end
  table.sort(names)
  for _, name in ipairs(names) do
    local value = open(values[name])
    for _, one in ipairs(type(value) == "table" and value or { value }) do
      if type(one) == "table" then
        error(("'%s': expected a string, number or boolean"):format(name), 0)
      end
      out[#out + 1] = M.encode(name) .. "=" .. M.encode(scalar(open(one)))
    end
  end
  return table.concat(out, "&")
end

function M.join(base, path)
  if base == "" then return path end
  if path == "" then return base end
  return base:gsub("/+$", "") .. "/" .. path:gsub("^/+", "")
end

--- What authors see.
M.words = { encode = M.encode }

return M
