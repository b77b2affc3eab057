--- myna.upstream: the model's API beside its calls, for routes that pass requests on. Its address
--- and the server's key are put there outside of Lua.
local context = require "myna.context"
local kinds = require "myna.kinds"

local make, methods = kinds.new "upstream"

local M = { api = make { headers = {}, timeout = {}, words = {} } }

--- A path may hold what a client sent, and must not lead elsewhere by it.
local function leads_away(path)
  for part in path:gsub("%?.*", ""):gmatch "[^/]*" do
    part = part:gsub("%%2[eE]", ".")
    if part == "." or part == ".." or part:lower():find "%%2f" or part:find "\\" then
      return true
    end
  end
  return false
end

--- For request.lua: the path below the API's root.
function M.below(path)
  if path:find "[%c ]" then error("a path holds no spaces or control characters", 0) end
  if not path:find "^/v1/[^/]" or path:find("#", 1, true) or leads_away(path) then
    error("expected a path of the API such as /v1/responses", 0)
  end
  return path:sub(4)
end

--- Where the model of this app is; "": where the server's is.
function M.address()
  local app = context.plan and context.plan.app
  return app and app.upstream or ""
end

function M.check_headers(headers)
  for name in pairs(headers) do
    if tostring(name):lower() == "authorization" then
      error("headers: Authorization is the server's to say: its own key goes there", 0)
    end
  end
end

--- The API's words for a key it refuses show a part of it: nobody is to read that.
local function without_key(res)
  if res.status ~= 401 and res.status ~= 403 then return res end
  res:close()
  context.log("error", "the model's API refuses the server's key", { status = res.status },
    { { "hint", "see OPENAI_API_KEY, and what it may" } })
  res.stream, res.body = nil, native.encode { error = {
    message = "The server may not ask this of the model's API.", type = "server_error",
    code = "upstream_refused", param = native.null } }
  return res
end

local function send(self, method, path, options)
  if self ~= M.api then
    error(("write myna.upstream:%s(path), with a colon"):format(method:lower()), 3)
  end
  if native.loading() then
    error("a request cannot be made while a file is loading: make it in a route", 3)
  end
  return without_key((require "myna.request".send(self, method, path, options)))
end

for _, method in ipairs { "get", "post", "put", "patch", "delete" } do
  methods[method] = function(self, path, options)
    return (send(self, method:upper(), path, options))
  end
end

return M
