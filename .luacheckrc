-- What lint.luacheck holds Lua to.
std = "lua54"
max_line_length = 100
exclude_files = { "build", "**/node_modules", "lua/meta" }

files["lua/myna"] = { read_globals = { "native" } } -- what script/lib_*.c exports to the SDK
