--- myna.text_agent: a text model with instructions and tools of its own, asked by the functions and
--- tools of a call. What its runs need is loaded when it is first asked.
local kinds = require "myna.kinds"

local M = { all = {} } -- in a check, all there are, in the order they were made
local make, methods = kinds.new "text_agent"
M.make = make

function M.new(spec)
  if not native.loading() then
    error("myna.text_agent is for the top of a file, not inside a function", 2)
  end
  local agent = make(require "myna.textspec".read(spec, M.all))
  M.all[#M.all + 1] = agent
  return agent
end

--- Asks it. input: words, or a list of items as the API takes them. Gives the answer's text, or its
--- data when the agent has an `output`; or nil and an error: { code, message, status }. options:
--- { on_text = function(words, ctx) }, which hears the text as it comes.
function methods:run(input, ctx, options)
  if native.loading() then
    error("a text agent cannot be asked while a file is loading", 2)
  end
  return require "myna.textrun".run(self, input, ctx, options)
end

local default_ms = 30000 -- several turns of a text model, and the tools between them

local function asked_for()
  local s = native.checking() and require "myna.schema".words or require "myna.proved".schema
  return { input = s.string "What is asked of it, in full: it knows nothing else." }
end

--- A tool whose call asks the agent, with the conversation so far before what is asked. Takes the
--- fields of myna.tool but `execute`; and history, input, on_text.
function methods:as_tool(spec)
  local own = native.checking() and require "myna.textspec".read_tool(self, spec) or spec
  local new = native.checking() and require "myna.tool".new or require "myna.proved".tool
  local given = {}
  for name, value in pairs(own) do given[name] = value end
  local history, input = own.history or "all", own.input
  local options = own.on_text and { on_text = own.on_text }
  given.history, given.input, given.on_text = nil, nil, nil
  given.parameters = own.parameters or asked_for()
  given.timeout = own.timeout or default_ms / 1000
  given.execute = function(args, ctx)
    return self:run(require "myna.textinput".make(history, input, args, ctx), ctx, options)
  end
  local tool = new(given)
  tool.asks, tool.at = self.name, native.where() or "?"
  return tool
end

return M
