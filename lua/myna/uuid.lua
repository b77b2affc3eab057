--- myna.uuid(): a new UUID (version 4), of the call's chance: a test's are the same each time. To
--- name things, not to keep them secret.
local M = {}

function M.new()
  if native.loading() then error("myna.uuid cannot be used while a file is loading", 2) end
  local a, b = math.random(0), math.random(0)
  return ("%08x-%04x-4%03x-%04x-%012x"):format(a >> 32, a >> 16 & 0xffff, a & 0xfff,
    b >> 48 & 0x3fff | 0x8000, b & 0xffffffffffff)
end

return M
