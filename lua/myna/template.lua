--- myna.file: a text with {{ctx.state.patient.name or "the caller"}} in it, filled at each use. A
--- path is looked up, nothing is evaluated.
local kinds = require "myna.kinds"

local M = {}
local make, methods = kinds.new "file"

local roots = { "state", "user", "call", "agent", "timezone" }

local function line_of(text, at)
  local _, lines = text:sub(1, at):gsub("\n", "")
  return lines + 1
end

--- Reads what stands between the braces: { path, otherwise }, or nil and what is wrong.
local function read_slot(inside)
  local path, rest = inside:match "^%s*([%a_][%w_.]*)%s*(.-)%s*$"
  if not path then return nil, "expected a path such as ctx.state.name" end
  local slot = { path = {} }
  for part in path:gmatch "[^.]+" do slot.path[#slot.path + 1] = part end
  if rest ~= "" then
    slot.otherwise = rest:match '^or%s+"([^"]*)"$' or rest:match "^or%s+'([^']*)'$"
    if not slot.otherwise then
      return nil, ("expected: or \"words\", got '%s' (a template looks up, it does not compute)")
        :format(rest)
    end
  end
  if slot.path[1] ~= "ctx" or path:find("..", 1, true) or path:sub(-1) == "." then
    return nil, ("'%s' does not begin with ctx."):format(path)
  end
  if slot.path[2] == "private" then return nil, "ctx.private is never put in a template" end
  for _, root in ipairs(roots) do
    if slot.path[2] == root then return slot end
  end
  return nil, ("a template has no '%s'%s"):format(path,
    require "myna.mistakes".hint(slot.path[2] or "", roots))
end

--- Splits a text into strings and slots. Mistakes carry the file's own line.
local function parse(text, shown)
  local parts, from = {}, 1
  while true do
    local open = text:find("{{", from, true)
    if not open then break end
    local close = text:find("}}", open, true)
    local slot, why
    if close then slot, why = read_slot(text:sub(open + 2, close - 1)) end
    if not slot then
      require "myna.mistakes".raw(("%s:%d: %s"):format(shown, line_of(text, open),
        why or "'{{' without its '}}'"))
    end
    parts[#parts + 1] = text:sub(from, open - 1)
    parts[#parts + 1] = slot or ""
    from = close and close + 2 or #text + 1
  end
  parts[#parts + 1] = text:sub(from)
  return parts
end

--- The bytes of a file of the app, or "" after telling what is wrong.
local function read(word, path)
  if type(path) ~= "string" then
    require "myna.mistakes".add("myna.%s: expected a path, got %s", word, kinds.describe(path))
    return "", "?"
  end
  local text, shown = native.text(path)
  if text then return text, shown end
  require "myna.mistakes".add("myna.%s: %s", word, shown)
  return "", path
end

--- A template that live calls follow when the file is edited, unless { live = false }.
function M.file(path, options)
  local text, shown = read("file", path)
  local set = options == nil and {}
    or require "myna.fields".check("myna.file", options, { live = { "boolean" } })
  return make { path = path, parts = parse(text, shown), live = set.live ~= false, moves = 0 }
end

function M.text(path)
  return (read("text", path))
end

function M.data(path)
  local text, shown = read("data", path)
  if text == "" then return kinds.broken end
  local value, why = native.decode(text)
  if value == nil and why then
    require "myna.mistakes".add("myna.data: %s is not JSON: %s", shown, why)
    return kinds.broken
  end
  return value
end

local function look_up(slot, ctx)
  local value = ctx
  for i = 2, #slot.path do
    if type(value) ~= "table" then return slot.otherwise or "" end
    value = value[slot.path[i]]
  end
  if value == nil or value == native.null then return slot.otherwise or "" end
  if type(value) == "table" then return native.encode(value, table.concat(slot.path, ".")) end
  return tostring(value)
end

--- Whether anything is looked up in it.
function methods:is_filled() return #self.parts > 1 end

--- The parts as they are now: a newer text was checked before it was served.
local function parts_of(file)
  local text, moves = native.moved(file.path, file.moves)
  if text and file.live then file.parts, file.moves = parse(text, file.path), moves end
  return file.parts
end

function methods:fill(ctx)
  local out = {}
  for i, part in ipairs(parts_of(self)) do
    out[i] = type(part) == "table" and look_up(part, ctx) or part
  end
  return table.concat(out)
end

return M
