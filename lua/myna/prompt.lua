--- An agent's `prompt`: one that is stored at the model's provider, by its id (R27).
local fields = require "myna.fields"
local kinds = require "myna.kinds"

local M = {}

local parts = { input_text = true, input_image = true, input_file = true }

--- The variables as they are sent; else nil and what is wrong.
local function values(given)
  if type(given) ~= "table" or kinds.of(given) or given[1] ~= nil then
    return nil, "expected a table of texts by name, such as { city = \"York\" }, got "
      .. (type(given) == "table" and "a list" or kinds.describe(given))
  end
  for name, value in pairs(given) do
    local is_part = type(value) == "table" and parts[value.type]
    if type(name) ~= "string" or type(value) ~= "string" and not is_part then
      return nil, ("%s: expected a string, or an input_text, input_image or input_file, got %s")
        :format(tostring(name), kinds.describe(value))
    end
  end
  return given
end

local function variables(value)
  if type(value) == "function" then return value end
  return values(value)
end

local function version(value)
  if type(value) == "string" and value:find "%S" then return value end
  return nil, ("expected a string such as \"2\", got %s"):format(kinds.describe(value))
end

local rules = { id = { "words", required = true }, version = { version },
  variables = { variables } }

--- A reader for fields.check.
function M.read(value)
  if type(value) ~= "table" or kinds.of(value) then
    return nil, "expected { id = \"pmpt_...\", version =, variables = }, got "
      .. kinds.describe(value)
  end
  return fields.check("prompt", value, rules)
end

--- The agent's prompt as it is now, as JSON; "" when it has none. Raises when its variables are
--- none.
function M.current(agent, ctx)
  local prompt = agent.prompt
  if not prompt then return "" end
  local given = prompt.variables
  if type(given) == "function" then
    local why
    given, why = values(given(ctx))
    if not given then
      error(("agent '%s': prompt: variables: %s"):format(agent.name, why), 0)
    end
  end
  return native.encode({ id = prompt.id, version = prompt.version, variables = given }, "prompt")
end

return M
