-- bookings.lua - tables that are booked: making, finding, moving and giving back.
local myna = require "myna"
local book = require "tools.book"
local fields = require "tools.fields"
local s = myna.schema

local writing = { after = "800ms", say = "I am writing it down.", every = "7s", max = 2 }

-- What the model needs to speak of, and no more.
local function told(reservation)
  return {
    reservation = reservation.id, name = reservation.customer_name,
    date = reservation.reservation_date, time = reservation.reservation_time,
    party_size = reservation.party_size,
  }
end

local make_reservation = myna.tool {
  name = "make_reservation",
  description = "Book a table, once the caller has said yes to day, time, people, name, number.",
  parameters = {
    name = fields.name, phone = fields.phone, date = fields.date, time = fields.time,
    party_size = fields.party_size,
    special_requests = s.string("Allergies, wheelchair, birthday", { max_length = 500 }):default "",
  },
  timeout = "20s", filler = writing, once = true,
  execute = function(args, ctx)
    local res = book:post("/api/reservations", {
      idempotent = true, -- a second try cannot book a second table
      json = {
        customer_name = args.name, phone_number = args.phone, reservation_date = args.date,
        reservation_time = args.time, party_size = args.party_size,
        special_requests = args.special_requests,
      },
    })
    local made = res:data()
    ctx.state.reservations = { [tostring(made.id)] = true }
    return told(made)
  end,
}

-- Whether all the caller's words stand in the name of the reservation.
local function is_name_of(name, reservation)
  local whole = " " .. reservation.customer_name:lower() .. " "
  for word in name:lower():gmatch "%S+" do
    if not whole:find(" " .. word .. " ", 1, true) then return false end
  end
  return name:find "%S" ~= nil
end

local find_reservations = myna.tool {
  name = "find_reservations",
  description = "Find the coming reservations of a caller who gave their number and name.",
  parameters = { phone = fields.phone, name = fields.name },
  filler = { after = "800ms", say = "One moment." },
  execute = function(args, ctx)
    local all = book:get("/api/reservations", { query = { phone_number = args.phone } }):data()
    local known, mine = {}, myna.array {}
    for _, reservation in ipairs(all.reservations) do
      if is_name_of(args.name, reservation) then
        known[tostring(reservation.id)] = true
        mine[#mine + 1] = told(reservation)
      end
    end
    ctx.state.reservations = known
    return { reservations = mine }
  end,
}

-- A model may be talked into any number; only what this caller has shown to be theirs is touched.
local function is_theirs(ctx, id)
  return (ctx.state.reservations or {})[tostring(id)]
end

local not_theirs = "First find the reservation, by the caller's number and name."

local change_reservation = myna.tool {
  name = "change_reservation",
  description = "Change a reservation that was found: its day, its time, how many come.",
  parameters = {
    reservation = s.integer "Its number", date = fields.date:optional(),
    time = fields.time:optional(), party_size = fields.party_size:optional(),
  },
  timeout = "20s", filler = writing,
  execute = function(args, ctx)
    if not is_theirs(ctx, args.reservation) then return myna.fail(not_theirs) end
    return told(book:patch("/api/reservations/" .. args.reservation, { idempotent = true, json = {
      reservation_date = args.date, reservation_time = args.time, party_size = args.party_size,
    } }):data())
  end,
}

local cancel_reservation = myna.tool {
  name = "cancel_reservation",
  description = "Give back a reservation that was found, after the caller has said yes to it.",
  parameters = { reservation = s.integer "Its number" },
  timeout = "20s", filler = writing,
  execute = function(args, ctx)
    if not is_theirs(ctx, args.reservation) then return myna.fail(not_theirs) end
    local res = book:delete("/api/reservations/" .. args.reservation)
    if res.status ~= 404 then res:data() end -- gone is gone, also at a second try
    ctx.state.reservations[tostring(args.reservation)] = nil
    return { cancelled = true }
  end,
}

return { make_reservation, find_reservations, change_reservation, cancel_reservation }
