-- shops.lua - where there is a shop near a caller.
local myna = require "myna"
local office = require "tools.office"
local s = myna.schema

return myna.tool {
  name = "find_shops",
  description = "Shops near a postcode, with their hours.",
  parameters = {
    postcode = s.string("Postcode, or its first part", { min_length = 1, max_length = 12 }),
  },
  execute = function(args)
    return office:get("/shops", { query = args, cache = "1h" }):data()
  end,
}
