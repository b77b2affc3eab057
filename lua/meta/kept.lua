---@meta _
-- Types of what is shared, kept, searched and mailed, for editors (LuaLS). ctest lint.types holds
-- them to the SDK.

---@class myna
local myna = {}

--- A dictionary that all calls of an app share on one worker. What is in it may be dropped; values
--- are copied in and out. Not while files load.
---@class myna.shared
local shared = {}

---@class myna.SharedOptions
---@field ttl? myna.Duration  what is set is gone after it

---@param key string
---@return any value  nil when nothing is there
function shared:get(key) end

---@param key string
---@param value any  what JSON can hold, up to 64 KB
---@param options? myna.SharedOptions
---@return true? done, string? why
function shared:set(key, value, options) end

--- Sets what is not there. false: it is there already.
---@param key string
---@param value any
---@param options? myna.SharedOptions
---@return boolean? done, string? why
function shared:add(key, value, options) end

--- Counts, from 0. ttl is for one that is not there yet.
---@param key string
---@param by? number  default: 1
---@param options? myna.SharedOptions
---@return number? now, string? why
function shared:incr(key, by, options) end

---@param key string
---@return boolean  whether it was there
function shared:remove(key) end

--- "sam@example.com" or "Sam Hill <sam@example.com>"
---@alias myna.Address string|myna.Secret

---@class myna.MailSpec
---@field to myna.Address|myna.Address[]
---@field cc? myna.Address|myna.Address[]
---@field reply_to? myna.Address
---@field subject string|myna.Secret  one line
---@field text? string|myna.Secret  this, html, or both
---@field html? string|myna.Secret
---@field wait? boolean  until it was sent, or given up

--- Sends a mail, which goes whatever becomes of the call: by the server of --mail, else to the log.
---@async
---@param mail myna.MailSpec
---@return true? done  it is on its way; with wait: the server has it
---@return string? why
function myna.mail(mail) end

--- Records kept for good, of this app: at the top of a file.
---@param name string  such as "leads"
---@return myna.Store
function myna.store(name) end

--- Texts of the app's folder that are searched by their words: at the top of a file.
---@param pattern string  such as "knowledge/*.md"
---@return myna.Index
function myna.index(pattern) end

---@class myna.Index
local index = {}

---@class myna.Section
---@field path string
---@field title string  its heading; the path, where there is none
---@field snippet string  what stands around the words
---@field text string  the section, up to 4 KB
---@field score number  how well it fits; more is better

---@class myna.SearchOptions
---@field limit? integer  default: 3; 20 at most

--- The sections in which words of the text stand, the best first.
---@async
---@param text string
---@param options? myna.SearchOptions
---@return myna.Section[]? sections, string? why
function index:search(text, options) end

---@class myna.Store
local store = {}

--- What is kept of a table: also id, created_at and updated_at (Unix seconds).
---@alias myna.Record table<string, any>

---@class myna.FindOptions
---@field order? string  a field; "-field": the largest first; else as they were added
---@field limit? integer  default: 100; 1000 at most

--- Adds a record; it gets an id unless it has one.
---@async
---@param record myna.Record
---@return myna.Record? record, string? why
function store:add(record) end

---@async
---@param id string
---@return myna.Record? record  nil when there is none
---@return string? why
function store:get(id) end

--- Puts a record there, whole.
---@async
---@param id string
---@param record myna.Record
---@return myna.Record? record, string? why
function store:set(id, record) end

---@async
---@param id string
---@return boolean? was_there, string? why
function store:remove(id) end

--- Adds to a field, from 0, at once for all who do.
---@async
---@param id string
---@param field string
---@param by? number  default: 1
---@return number? sum, string? why
function store:incr(id, field, by) end

--- The records that fit: { status = "new", score = { [">="] = 5 } }.
---@async
---@param where? table<string, any>
---@param options? myna.FindOptions
---@return myna.Record[]? records, string? why
function store:find(where, options) end
