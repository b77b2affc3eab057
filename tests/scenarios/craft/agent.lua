-- agent.lua - tools that wait, share, are refused and are let in one by one.
local myna = require "myna"
local s = myna.schema

local shop = myna.http.client { base_url = "http://shop.test",
  retry = { tries = 3, pause = "200ms" } }
local counter = myna.semaphore(2)

local race = myna.tool {
  name = "race", description = "The first of two wins, and the other tidies up.",
  execute = function(_, ctx)
    ctx.state.log = {}
    local function note(words) table.insert(ctx.state.log, words) end
    return myna.race {
      function()
        local function tidy() note "tidied" end
        local end_ <close> = setmetatable({}, { __close = tidy }) -- luacheck: ignore
        pcall(myna.sleep, "5s")
        note "went on"
      end,
      function()
        myna.sleep "1s"
        return "the fast one"
      end,
    }
  end,
}

local queue = myna.tool {
  name = "queue", description = "Six at a counter for two.",
  execute = function()
    local now, most = 0, 0
    myna.map({ 1, 2, 3, 4, 5, 6 }, function()
      local turn <close> = counter:acquire() -- luacheck: ignore
      now = now + 1
      most = math.max(most, now)
      myna.sleep "1s"
      now = now - 1
    end)
    return most
  end,
}

local buy = myna.tool {
  name = "buy", description = "Order something.",
  parameters = { again = s.boolean "Whether it may be sent twice" },
  execute = function(args)
    local idempotent = args.again or nil
    return shop:post("/orders", { json = {}, idempotent = idempotent }).status
  end,
}

local look = myna.tool {
  name = "look", description = "Look at what there is.",
  execute = function()
    local began = os.time()
    return { status = shop:get("/things").status, seconds = os.time() - began }
  end,
}

local break_out = myna.tool {
  name = "break_out", description = "Tries what no script may.",
  execute = function()
    local found = {}
    for _, name in ipairs { "load", "dofile", "io", "debug", "collectgarbage" } do
      if rawget(_G, name) ~= nil then found[#found + 1] = name end
    end
    local may_finalize = pcall(setmetatable, {}, { __gc = function() end })
    if may_finalize then found[#found + 1] = "__gc" end
    if pcall(string.rep, "x", 1 << 21) then found[#found + 1] = "rep" end
    return "found: " .. table.concat(found, " ")
  end,
}

return myna.agent { name = "Crafter", tools = { race, queue, buy, look, break_out } }
