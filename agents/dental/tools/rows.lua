-- rows.lua - makes tools of rows: most of what the records can do is one request, and reads as one.
--
--   { "get_recall", "When to come for the next check-up.", "GET /patients/{patient}/recall" }
--
-- {patient} is the record that is open, which no model can choose; another name in braces is a
-- parameter. Parameters that are not in the path are the query of a GET, else the JSON.
local myna = require "myna"
local clinic = require "tools.clinic"

local function open_patient(ctx)
  return ctx.state.patient
    or error(myna.fail "No record is open. Name and date of birth are needed, for find_patient.")
end

local function address(path, args, ctx)
  local rest = {}
  for name, value in pairs(args) do rest[name] = value end
  return path:gsub("{(%w+)}", function(name)
    if name == "patient" then return open_patient(ctx).id end
    local value = rest[name]
    rest[name] = nil
    return value
  end), rest
end

return function(rows)
  local tools = {}
  for i, row in ipairs(rows) do
    local name, description, request, parameters = table.unpack(row)
    local method, path = request:match "^(%u+) (.+)$"
    tools[i] = myna.tool {
      name = name, description = description, parameters = parameters,
      execute = function(args, ctx)
        local to, rest = address(path, args, ctx)
        local sent = method == "GET" and "query" or method ~= "DELETE" and "json"
        return clinic:request(method, to, sent and { [sent] = rest }):data()
      end,
    }
  end
  return tools
end
