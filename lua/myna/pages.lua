--- The authors' require: pages of the app's folder, then of lib/ beside it; each runs once.
local kinds = require "myna.kinds"

local M = {}
local loaded = {}
local running = {} -- the pages that are running now, outermost first: { name, at }

--- If name is running: "a -> b -> a", and the line where the first of them asked for the next.
local function ring(name)
  for i, page in ipairs(running) do
    if page.name == name then
      local names, at = {}, running[i + 1] and running[i + 1].at or native.where()
      for j = i, #running do names[#names + 1] = running[j].name end
      names[#names + 1] = name
      return table.concat(names, " -> "), at
    end
  end
end

local function on_error(err)
  if type(err) == "string" then return native.place(err) end
  return (native.where() or "?") .. ": an error that is not text: " .. tostring(err)
end

--- Runs a page once. A mistake in it is told, and the page is then the broken value.
local function run(name, chunk, at)
  running[#running + 1] = { name = name, at = at }
  local ok, value = xpcall(chunk, on_error, name)
  running[#running] = nil
  if ok then return value end
  require "myna.mistakes".raw(value)
  return kinds.broken
end

local function load_page(name, at)
  local chunk, why, has_place = native.page(name)
  if not chunk then
    local mistakes = require "myna.mistakes"
    if has_place then mistakes.raw(why) else mistakes.at(at, "require '%s': %s", name, why) end
    return kinds.broken
  end
  local value = run(name, chunk, at)
  if value == nil then
    require "myna.mistakes".at(at, "require '%s': the file returns nothing", name)
    return kinds.broken
  end
  return value
end

--- What `require` is in a page.
function M.require(name)
  if name == "myna" then return M.public end
  if type(name) ~= "string" or not name:find "^[%w_][%w_.-]*$" or name:find("..", 1, true) then
    require "myna.mistakes".add("require: expected a name such as \"tools.calendar\", got %s",
      type(name) == "string" and ("'%s'"):format(name) or kinds.describe(name))
    return kinds.broken
  end
  if loaded[name] ~= nil then return loaded[name] end
  if not native.loading() then
    error(("require '%s' is for the top of a file, not inside a function"):format(name), 2)
  end
  local path, at = ring(name)
  if path then
    require "myna.mistakes".at(at, "%s: in handoffs, write the agent's name instead", path)
    return kinds.broken
  end
  local value = load_page(name, native.where())
  loaded[name] = value
  return value
end

--- Runs the app's first page and returns what it returns.
function M.main()
  local chunk, why = native.main()
  if not chunk then
    require "myna.mistakes".raw(why)
    return kinds.broken
  end
  return run("agent", chunk)
end

return M
