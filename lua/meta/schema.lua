---@meta _
-- Types of myna.schema,
-- for editors (LuaLS). ctest lint.types holds them to the SDK.

---@class myna.Schema
local Schema = {}

---@return myna.Schema
function Schema:optional() end

--- Left out, the argument is this value.
---@param value any
---@return myna.Schema
function Schema:default(value) end

---@return myna.Schema
function Schema:nullable() end

---@class myna.StringOptions
---@field min_length? integer
---@field max_length? integer
---@field pattern? string  a regular expression, as JSON Schema's

---@class myna.NumberOptions
---@field minimum? number
---@field maximum? number
---@field multiple_of? number

---@class myna.ArrayOptions
---@field min_items? integer
---@field max_items? integer
---@field unique_items? boolean

--- Words first, and they may be left out; then options. Properties are sent in the order written.
---@class myna.schema
local schema = {}

---@param words? string
---@param options? myna.StringOptions
---@return myna.Schema
function schema.string(words, options) end

---@param words? string
---@param options? myna.NumberOptions
---@return myna.Schema
function schema.integer(words, options) end

---@param words? string
---@param options? myna.NumberOptions
---@return myna.Schema
function schema.number(words, options) end

---@param words? string
---@return myna.Schema
function schema.boolean(words) end

---@overload fun(values: string[]): myna.Schema
---@param words string
---@param values string[]
---@return myna.Schema
function schema.enum(words, values) end

---@overload fun(items: myna.Schema, options?: myna.ArrayOptions): myna.Schema
---@param words string
---@param items myna.Schema
---@param options? myna.ArrayOptions
---@return myna.Schema
function schema.array(words, items, options) end

---@overload fun(properties: table<string, myna.Schema>): myna.Schema
---@param words string
---@param properties table<string, myna.Schema>
---@return myna.Schema
function schema.object(words, properties) end

---@overload fun(choices: myna.Schema[]): myna.Schema
---@param words string
---@param choices myna.Schema[]
---@return myna.Schema
function schema.one_of(words, choices) end

---@param words? string
---@return myna.Schema
function schema.any(words) end

--- YYYY-MM-DD
---@param words? string
---@return myna.Schema
function schema.date(words) end

---@param words? string
---@return myna.Schema
function schema.time(words) end

---@param words? string
---@return myna.Schema
function schema.datetime(words) end
