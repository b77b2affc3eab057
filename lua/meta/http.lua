---@meta myna.http
-- Types of myna.http, for editors (LuaLS): clients, requests, responses.

---@class myna.ClientSpec
---@field base_url? string
---@field bearer? string|myna.Secret
---@field basic? (string|myna.Secret)[]  { user, password }
---@field headers? table<string, string|number|myna.Secret>
---@field timeout? myna.Duration|myna.RequestTimes
---@field pool? { connections?: integer, keep?: integer, keep_for?: myna.Duration }
---@field retry? { tries?: integer, pause?: myna.Duration, on?: (integer|myna.RequestCode)[] }
---@field words? table<integer|string, string|fun(res: myna.Response): string>
---@field cache? false|myna.Duration|myna.CacheTimes  of GET and HEAD
---@field proxy? string|myna.Secret  http(s)://[user:password@]host[:port]
---@field ca? string  a file of the app (PEM), instead of the system's authorities
---@field private? boolean  may reach addresses of private networks its base_url does not name

---@class myna.RequestTimes
---@field connect? myna.Duration
---@field pool? myna.Duration  for its turn
---@field idle? myna.Duration  between two bytes
---@field total? myna.Duration

---@class myna.CacheTimes
---@field ttl myna.Duration  of a 2xx
---@field not_found? myna.Duration  of 404 and 410

---@class myna.RequestOptions
---@field query? table<string, any>
---@field json? any
---@field form? table<string, any>
---@field body? string
---@field multipart? table<string, string|myna.Part>  parts by name, as multipart/form-data
---@field headers? table<string, string|number|myna.Secret>
---@field timeout? myna.Duration|myna.RequestTimes
---@field idempotent? boolean  may be tried again, with one Idempotency-Key; false: not even a GET
---@field cache? false|myna.Duration|myna.CacheTimes  instead of the client's
---@field stream? boolean  the body is read as it comes: res:chunks(), res:lines(), res:events()

---@class myna.Part
---@field body string
---@field type? string  its Content-Type
---@field filename? string

---@alias myna.RequestCode "timeout"|"refused"|"private"|"dns"|"tls"|"reset"|"too_large"
---| "cancelled"|"other"

---@class myna.RequestError
---@field code myna.RequestCode
---@field message string
---@field retryable boolean

---@class myna.Response
---@field ok boolean  2xx
---@field status? integer  nil when no answer came
---@field err? myna.RequestError
---@field headers table<string, string>  whatever their case
---@field body? string  not of a stream
local Response = {}

--- The body of a stream, as it comes.
---@return fun(): string?
function Response:chunks() end

--- Its lines, without their ends.
---@return fun(): string?
function Response:lines() end

--- Its server-sent events.
---@return fun(): { event: string, data: string, id?: string, retry?: number }?
function Response:events() end

--- Ends a stream before its end.
function Response:close() end

--- The JSON of the body. Raises when it is not JSON.
---@return any
function Response:json() end

--- The JSON of a 2xx. Anything else raises, and the model hears the client's words.
---@return any
function Response:data() end

---@class myna.http
local http = {}

--- A pool of the worker, shared by all calls.
---@param spec? myna.ClientSpec
---@return myna.Client
function http.client(spec) end

---@async
---@param url string
---@param options? myna.RequestOptions
---@return myna.Response
function http.get(url, options) end

---@async
---@param url string
---@param options? myna.RequestOptions
---@return myna.Response
function http.post(url, options) end

---@async
---@param url string
---@param options? myna.RequestOptions
---@return myna.Response
function http.put(url, options) end

---@async
---@param url string
---@param options? myna.RequestOptions
---@return myna.Response
function http.patch(url, options) end

---@async
---@param url string
---@param options? myna.RequestOptions
---@return myna.Response
function http.delete(url, options) end

---@async
---@param method string
---@param url string
---@param options? myna.RequestOptions
---@return myna.Response
function http.request(method, url, options) end

---@class myna.ClientChanges
---@field base_url? string
---@field bearer? string|myna.Secret
---@field basic? (string|myna.Secret)[]  { user, password }
---@field headers? table<string, string|number|myna.Secret>

---@class myna.Client
local Client = {}

--- The same pool with other headers, key or address.
---@param changes myna.ClientChanges
---@return myna.Client
function Client:with(changes) end

---@async
---@param path string
---@param options? myna.RequestOptions
---@return myna.Response
function Client:get(path, options) end

---@async
---@param path string
---@param options? myna.RequestOptions
---@return myna.Response
function Client:post(path, options) end

---@async
---@param path string
---@param options? myna.RequestOptions
---@return myna.Response
function Client:put(path, options) end

---@async
---@param path string
---@param options? myna.RequestOptions
---@return myna.Response
function Client:patch(path, options) end

---@async
---@param path string
---@param options? myna.RequestOptions
---@return myna.Response
function Client:delete(path, options) end

---@async
---@param method string
---@param path string
---@param options? myna.RequestOptions
---@return myna.Response
function Client:request(method, path, options) end

--- The model's API beside its calls, with the server's key, for routes that pass requests on. A
--- path is one of the API's, such as /v1/responses. The simulator answers those it doubles.
---@class myna.Upstream
local Upstream = {}

---@async
---@param path string
---@param options? myna.RequestOptions
---@return myna.Response
function Upstream:get(path, options) end

---@async
---@param path string
---@param options? myna.RequestOptions
---@return myna.Response
function Upstream:post(path, options) end

---@async
---@param path string
---@param options? myna.RequestOptions
---@return myna.Response
function Upstream:put(path, options) end

---@async
---@param path string
---@param options? myna.RequestOptions
---@return myna.Response
function Upstream:patch(path, options) end

---@async
---@param path string
---@param options? myna.RequestOptions
---@return myna.Response
function Upstream:delete(path, options) end
