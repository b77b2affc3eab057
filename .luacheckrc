-- What lint.luacheck holds Lua to.
std = "lua54"
max_line_length = 100
exclude_files = { "build", "**/node_modules", "lua/meta" }

-- The SDK: `native` is what script/lib_*.c exports to it; methods need not look at their object.
files["lua/myna"] = { read_globals = { "native" }, self = false }
