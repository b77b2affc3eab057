--- Scripted conversations: what `require "myna.test"` gives in a file of scenarios/.
local book = require "myna.test.book"
local match = require "myna.test.match"

return {
  scenario = book.scenario,
  before = book.before,
  data = book.data,
  near = match.near,
  has = match.has,
  starts = match.starts,
  matches = match.matches,
  below = match.below,
  any = match.any,
  in_order = match.in_order,
}
