-- layers.lua - fail when a room includes a room above it, or a library outside its home.
--   lua5.4 tests/lint/layers.lua <root of the project>
local root = arg[1]
package.path = root .. "/tests/lint/?.lua"
local tree = require "tree"

local may = { -- room -> the rooms it may include; runtime/*.c, the front door, may include all
  base = {},
  audio = { "base" },
  io = { "base" },
  store = { "base" },
  core = { "base", "audio" },
  script = { "base", "audio", "core" },
  call = { "base", "audio", "io", "store", "core", "script" },
  sim = { "base", "audio", "io", "store", "core", "script", "call" },
  cli = { "base", "audio", "io", "store", "core", "script", "call", "sim" },
}
local home = { -- header -> the only rooms or files that may include it
  ["^uv%.h$"] = { "io" },
  ["^libwebsockets"] = { "io" },
  ["^curl/"] = { "io" },
  ["^openssl/"] = { "io", "base/sha256.c" },
  ["^sqlite3"] = { "store" },
  ["^lua"] = { "script", "sim" }, -- sim's runner executes scenarios
  ["^lauxlib%.h$"] = { "script", "sim" },
  ["^cjson/"] = { "base/json.c" },
  ["^pcre2"] = { "base" },
  ["^speex/"] = { "audio" },
}

local function has(list, x)
  for _, v in ipairs(list) do
    if v == x then return true end
  end
  return false
end

local function check_library(path, line, room, header)
  for pattern, places in pairs(home) do
    local here = has(places, room) or has(places, path:match "^runtime/(.*)")
    if header:find(pattern) and not here then
      tree.complain(path, line, "<%s> belongs in %s", header, table.concat(places, ", "))
    end
  end
end

local function check(path)
  local room = path:match "^runtime/([^/]+)/"
  local n = 0

  if room and not may[room] then
    tree.complain(path, nil, "'%s' is not a room listed in tests/lint/layers.lua", room)
    return
  end
  for line in io.lines(root .. "/" .. path) do
    local other = line:match '^%s*#%s*include "([^/"]+)/'
    local header = line:match "^%s*#%s*include <(.-)>"

    n = n + 1
    if room and other and other ~= room and not has(may[room], other) then
      tree.complain(path, n, "%s may not include %s", room, other)
    end
    if header then check_library(path, n, room, header) end
  end
end

for _, path in ipairs(tree.files(root, { "runtime" }, { "c", "h", "def" })) do check(path) end
tree.finish()
