--- The authors' globals: what is there may be read, nothing may be added.
local kinds = require "myna.kinds"

local M = {}

local instead = { -- of what the sandbox leaves out
  io = "files of the app are read by myna.file, myna.text and myna.data",
  debug = "print and ctx.log write to the log",
  package = "require looks in the app's folder",
  load = "scripts cannot make code", loadstring = "scripts cannot make code",
  dofile = "write require 'name'", loadfile = "write require 'name'",
}

local written = {} -- told once; read again without a second complaint

local function is_checked()
  return native.checking() and native.loading()
end

local function on_read(globals, name)
  if written[name] ~= nil then return written[name] end
  local mistakes = require "myna.mistakes"
  mistakes.add("unknown global '%s'%s", tostring(name),
    instead[name] and ": " .. instead[name] or mistakes.hint(name, globals))
  return kinds.broken
end

local function on_write(_, name, value)
  require "myna.mistakes".add("global '%s' is written: write 'local %s', or keep it in ctx.state",
    tostring(name), tostring(name))
  if is_checked() then written[name] = value == nil and kinds.broken or value end
end

--- Adds the SDK's words to the globals and closes them.
function M.close(globals, words)
  for name, value in pairs(words) do rawset(globals, name, value) end
  setmetatable(globals, { __index = on_read, __newindex = on_write, __metatable = "globals" })
end

return M
