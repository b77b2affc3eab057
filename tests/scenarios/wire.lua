-- wire.lua - play scenarios in one process, then over real sockets (--wire). All must pass, and
-- both must leave the same record, to the byte; else the first line that differs is shown.
--   lua5.4 tests/scenarios/wire.lua <the binary> <folder to write to> <app or folder of apps>...
local myna, folder = arg[1], arg[2]
local paths = "'" .. table.concat(arg, "' '", 3) .. "'"

local function run(command, ...)
  return os.execute(command:format(...)) == true
end

local function read(path)
  local file <close> = io.open(path)
  return file and file:read "a" or ""
end

local function list(path)
  local pipe <close> = assert(io.popen(("ls '%s'"):format(path)))
  local names = {}
  for name in pipe:lines() do names[#names + 1] = name end
  return names
end

--- The first line that is not the same in both.
local function difference(one, other)
  local next_line = other:gmatch "[^\n]*"
  for line in one:gmatch "[^\n]*" do
    local theirs = next_line()
    if theirs ~= line then return line, theirs or "(nothing)" end
  end
  return "(nothing)", next_line() or "(nothing)"
end

assert(run("rm -rf '%s' && mkdir -p '%s'", folder, folder))
local passed = run("'%s' test --record '%s/here' %s", myna, folder, paths)
passed = run("'%s' test --wire --record '%s/wire' %s", myna, folder, paths) and passed

local names, differ = list(folder .. "/here"), 0
for _, name in ipairs(names) do
  local here, wire = read(folder .. "/here/" .. name), read(folder .. "/wire/" .. name)
  if here ~= wire then
    differ = differ + 1
    print(("%s differs\n  in process: %s\n  on a wire:  %s"):format(name, difference(here, wire)))
  end
end
print(("%d of %d records are the same on a wire"):format(#names - differ, #names))
os.exit(passed and differ == 0 and #names > 0)
