--- Stands for what could not be loaded, so that one mistake is not told as five: any field of it,
--- any call of it is itself, and every check passes over it.
local function itself(self) return self end

return setmetatable({}, {
  __name = "broken value", __metatable = "broken value",
  __index = itself, __call = itself, __concat = function() return "" end,
  __newindex = function() end, __tostring = function() return "" end,
  __len = function() return 0 end, __pairs = function() return function() end end,
  __add = itself, __sub = itself, __mul = itself, __div = itself, __unm = itself,
})
