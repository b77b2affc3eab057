--- What a request brought. It is always there; only res:data() and res:json() raise.
local fail = require "myna.fail"
local kinds = require "myna.kinds"

local make, methods = kinds.new "response"

--- The words of a client for an answer that is no 2xx.
local function words_for(res)
  local words = res.client.words or {}
  local found
  if not res.err then
    found = words[res.status] or words[("%dxx"):format(res.status // 100)]
  else
    found = words[res.err.code]
  end
  found = found or words.other
  if type(found) == "function" then found = found(res) end
  return type(found) == "string" and found or native.safe_words
end

local function what_came(res)
  if res.err then return ("%s: %s"):format(res.err.code, res.err.message) end
  return ("status %d: %s"):format(res.status, (res.body or ""):sub(1, 300))
end

--- What is raised for an answer that is of no use: the client's words, and why.
function methods:failure()
  return fail.new(words_for(self), ("%s: %s"):format(self.what, what_came(self)))
end

--- A streamed answer: iterators that wait for what comes next.
for _, name in ipairs { "chunks", "lines", "events" } do
  methods[name] = function(self)
    if not self.stream then
      error(("%s: only an answer asked for with stream = true comes in %s"):format(self.what, name),
        2)
    end
    return (require "myna.stream"[name](self))
  end
end

--- Ends an answer that is still coming.
function methods:close()
  if self.stream then native.stream_close(self.stream) end
end

--- A streamed body that is wanted whole after all.
local function complete(res)
  if res.stream and not res.body then res.body = require "myna.stream".rest(res) end
end

function methods:json()
  complete(self)
  if not self.body then
    error(("%s: no answer to read: %s"):format(self.what, what_came(self)), 2)
  end
  local value, why = native.decode(self.body)
  if value == nil and why then error(("%s: not JSON: %s"):format(self.what, why), 2) end
  return value
end

function methods:data()
  complete(self)
  if not self.ok then error(self:failure(), 0) end
  if self.body == "" then return nil end
  local value, why = native.decode(self.body)
  if value == nil and why then
    error(fail.new(words_for(self), ("%s: not JSON: %s"):format(self.what, why)), 0)
  end
  return value
end

local retryable = { timeout = true, refused = true, dns = true, reset = true }

local any_case = { __index = function(headers, name)
  return type(name) == "string" and rawget(headers, name:lower()) or nil
end }

return function(client, what, is_stream, status, headers, body)
  local res = { client = client, what = what, ok = false }
  if status then
    res.status, res.headers = status, setmetatable(headers, any_case)
    res[is_stream and "stream" or "body"] = body
    res.ok = status >= 200 and status < 300
  else
    res.headers = {}
    res.err = { code = headers, message = body, retryable = retryable[headers] or false }
  end
  return make(res)
end
