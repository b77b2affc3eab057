---@meta _
-- Types of what runs several things at once, for editors (LuaLS). ctest lint.types holds them to
-- the SDK.

---@class myna
local myna = {}

--- Runs functions at once; results and errors by the same keys.
---@async
---@param tasks table<any, async fun(): any>
---@param options? { timeout?: myna.Duration, on_error?: "cancel"|"collect" }
---@return table results, table errors
function myna.parallel(tasks, options) end

--- What f(value, place) gives for each of a list, in its order. An error ends the others.
---@async
---@param list any[]
---@param f async fun(value: any, place: integer): any
---@param options? { at_once?: integer, timeout?: myna.Duration }  at_once: default 8
---@return any[]
function myna.map(list, f, options) end

--- What the first gives that returns, and its key; the others are cancelled. When all raise, the
--- first error is raised.
---@async
---@param tasks table<any, async fun(): any>
---@param options? { timeout?: myna.Duration }
---@return any value, any key
function myna.race(tasks, options) end

--- What f gives, or nil and "timeout"; f is cancelled then.
---@async
---@param time myna.Duration
---@param f async fun(): any, any
---@return any value, any more
function myna.with_timeout(time, f) end

---@class myna.Task
local task = {}

--- Waits for its end. Gives what its function gave, raises what that raised.
---@async
---@return any value, any more
function task:wait() end

--- Ends it at its next wait.
function task:cancel() end

--- Starts a task nobody has to wait for. It ends with its call, or so long after it.
---@param f async fun(): any, any
---@param options? { outlive?: myna.Duration }  at most "5m"
---@return myna.Task
function myna.spawn(f, options) end

---@class myna.Semaphore
local semaphore = {}

---@class myna.Permit
local permit = {}
function permit:release() end

--- Waits for a turn: local turn <close> = semaphore:acquire()
---@async
---@return myna.Permit
function semaphore:acquire() end

--- Runs f in a turn.
---@async
---@param f async fun(): any, any
---@return any value, any more
function semaphore:run(f) end

--- At most n at once, of one call.
---@param n integer
---@return myna.Semaphore
function myna.semaphore(n) end
