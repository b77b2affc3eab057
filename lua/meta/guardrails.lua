---@meta _
-- Types of the ready-made guardrails, for editors (LuaLS).

---@class myna.ReadyGuardrail
---@field name? string
---@field say? string
---@field policy_hint? string
---@field every_chars? integer|false
---@field hold? boolean
---@field on_error? "open"|"closed"
---@field timeout? myna.Duration

---@class myna.WordsSpec: myna.ReadyGuardrail
---@field [integer] string

---@class myna.LengthSpec: myna.ReadyGuardrail
---@field max integer  characters

---@class myna.ModerationSpec: myna.ReadyGuardrail
---@field categories? myna.ModerationCategory[]  default: all
---@field model? string  default "omni-moderation-latest"
---@field upstream? string  "sim", "openai" or http(s)://...; default: where the server's is

---@alias myna.ModerationCategory "harassment"|"harassment/threatening"|"hate"|"hate/threatening"
---| "illicit"|"illicit/violent"|"self-harm"|"self-harm/instructions"|"self-harm/intent"|"sexual"
---| "sexual/minors"|"violence"|"violence/graphic"

---@class myna.PatternsSpec: myna.ReadyGuardrail
---@field [integer] string  Lua patterns

---@class myna.PersonalDataSpec: myna.ReadyGuardrail
---@field kinds? ("card"|"email"|"phone")[]  default: all
---@field replace? string  stands in for them in what a tool is given or gives

---@class myna.LanguageSpec: myna.ReadyGuardrail
---@field [integer] myna.Language
---@field min_words? integer  fewer pass; default 6

---@alias myna.Language "ar"|"bg"|"da"|"de"|"el"|"en"|"es"|"fa"|"fr"|"he"|"hi"|"it"|"ja"|"ko"|"nl"
---| "pl"|"pt"|"ru"|"sv"|"th"|"tr"|"uk"|"zh"

---@class myna.guardrails
local guardrails = {}

--- What OpenAI's moderation flags. Costs a request of the API each check.
---@param spec? myna.ModerationSpec
---@return myna.Guardrail
function guardrails.moderation(spec) end

--- Nothing that fits one of these.
---@param spec myna.PatternsSpec
---@return myna.Guardrail
function guardrails.patterns(spec) end

--- Card numbers, addresses of mail, telephone numbers.
---@param spec? myna.PersonalDataSpec
---@return myna.Guardrail
function guardrails.personal_data(spec) end

--- In one of these languages, as far as small words and scripts tell.
---@param spec myna.LanguageSpec
---@return myna.Guardrail
function guardrails.language(spec) end

--- None of these words, as whole words, whatever their case.
---@param spec myna.WordsSpec
---@return myna.Guardrail
function guardrails.words(spec) end

---@param spec myna.LengthSpec
---@return myna.Guardrail
function guardrails.length(spec) end
