-- tree.lua - what the lints share: the project's own files, and a count of what is wrong.
local M = { wrong = 0 }

local skipped = { "/build/", "/node_modules/", "/%.git/", "/%.cache/" }

local function ours(path)
  for _, pattern in ipairs(skipped) do
    if path:find(pattern) then return false end
  end
  return true
end

--- The files below root/folder (for each folder named) whose extension is one of those given,
--- sorted, as paths from the root. A folder that is not there yet has no files.
function M.files(root, folders, extensions)
  local wanted, found = {}, {}
  for _, extension in ipairs(extensions) do wanted[extension] = true end
  for _, folder in ipairs(folders) do
    local pipe = assert(io.popen(("find '%s/%s' -type f 2>/dev/null"):format(root, folder)))
    for path in pipe:lines() do
      if ours(path) and wanted[path:match "%.([^./]+)$"] then
        found[#found + 1] = path:sub(#root + 2)
      end
    end
    pipe:close()
  end
  table.sort(found)
  return found
end

--- Says that a file is wrong, at a line when there is one, in the form editors jump to.
function M.complain(path, line, words, ...)
  print((line and "%s:%d: %s" or "%s:%s %s"):format(path, line or "", words:format(...)))
  M.wrong = M.wrong + 1
end

--- Ends the lint: success when nothing was wrong.
function M.finish()
  os.exit(M.wrong == 0)
end

return M
