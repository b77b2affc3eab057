-- agent.lua - two agents who hand over to each other, and a third who takes what they bring.
local myna = require "myna"
local s = myna.schema

local ping = myna.agent { name = "Ping", instructions = "You are Ping.", handoffs = { "Pong",
  myna.handoff { agent = "Third Desk", input = { topic = s.string "What it is about" },
    on_handoff = function(input, ctx) ctx.state.topic = input.topic end } } }
local pong = myna.agent { name = "Pong", instructions = "You are Pong.", handoffs = { "Ping" } }
local third = myna.agent { name = "Third Desk", instructions = "You know {{ctx.state.topic}}.",
  on_enter = function(ctx) ctx.state.entered = true end }

return myna.app { name = "relay", agent = ping, agents = { pong, third } }
