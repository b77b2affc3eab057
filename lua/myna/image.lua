--- myna.image(bytes, text): a picture that a tool returns. The model reads the text and sees the
--- picture.
local kinds = require "myna.kinds"

local M = {}
local make = kinds.new "image"

local function words(what, text)
  if text == nil or type(text) == "string" and text:find "%S" then return text end
  error(("%s: text: expected words, got %s"):format(what, kinds.describe(text)), 3)
end

--- Raises for bytes that are no picture the model can be shown.
function M.new(bytes, text)
  if type(bytes) ~= "string" then
    error("myna.image: expected the bytes of a PNG or a JPEG, got " .. kinds.describe(bytes), 2)
  end
  local type_name, why = native.picture_type(bytes)
  if not type_name then error("myna.image: " .. why, 2) end
  return make { bytes = bytes, text = words("myna.image", text) or "Here is the picture." }
end

--- What the model reads of a tool's picture, which is shown to it first.
function M.shown(image)
  local done, why = native.show(image.bytes)
  if done then return image.text end
  return ("%s (The picture itself cannot be shown: %s.)"):format(image.text, why)
end

local rules = { text = { "words" } }

--- A path of the app's folder, rather than bytes.
local function is_path(value)
  return #value <= 255 and not value:find "%c" and value:lower():find "%.%a+$" ~= nil
end

--- ctx:send_image(bytes or path, { text })
function M.send(value, options)
  local set = options and require "myna.fields".check("ctx:send_image", options, rules) or {}
  if kinds.of(value) == "image" then
    value, set.text = value.bytes, set.text or value.text
  elseif type(value) ~= "string" then
    error("ctx:send_image: expected bytes, a path or myna.image, got " .. kinds.describe(value), 3)
  end
  local path = is_path(value) and value or nil
  local done, why = native.show(not path and value or nil, set.text, path)
  if done == false then error("ctx:send_image: " .. why, 3) end
  return done, why
end

return M
