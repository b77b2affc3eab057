-- protocol.lua - fail when docs/protocol.md does not say what becomes of an event of the table.
--   lua5.4 tests/lint/protocol.lua <root of the project>
local root = arg[1]
package.path = root .. "/tests/lint/?.lua"
local tree = require "tree"

local document = "docs/protocol.md"

local function read(path)
  local file <close> = assert(io.open(root .. "/" .. path))
  return file:read "a"
end

local text = read(document)
local from = assert(text:find("\n## What becomes of each event\n", 1, true))
local mentioned = {}
for name in text:sub(from):gmatch "`([%w_.]+)`" do mentioned[name] = true end
for name in read("runtime/core/events.def"):gmatch 'EVENT%([%w_]+, "([^"]+)"' do
  if not mentioned[name] then
    tree.complain(document, nil, "it does not say what becomes of %s", name)
  end
end
tree.finish()
