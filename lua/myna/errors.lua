--- What errors of an author's functions become: a traceback for the log, never words for the model
--- (R11).
local context = require "myna.context"
local kinds = require "myna.kinds"

local M = {}

--- For xpcall: an error as the log has it, the author's frames under the message.
function M.caught(err)
  if kinds.of(err) == "failure" then return err end
  local ok, text = pcall(tostring, err)
  return { traceback = native.traceback(ok and text or "an error that cannot be shown"), err = err }
end

--- Logs what M.caught made of an error.
function M.log(job, what, caught)
  M.tell(job, "error", what, caught.traceback or tostring(caught))
end

function M.tell(job, level, what, detail)
  context.log(level, what, nil, { { "error", native.mask(detail) },
    { "agent", job.agent }, { "tool", job.tool }, { "call_id", job.call_id } })
end

--- Whether is_enabled lets a tool be used. One that errs is off, and the log says so.
function M.is_enabled(tool, ctx, job)
  if not tool.is_enabled then return true end
  local ok, yes = xpcall(tool.is_enabled, M.caught, ctx)
  if ok then return yes and true or false end
  M.log(job, "is_enabled failed", yes)
  return false
end

return M
