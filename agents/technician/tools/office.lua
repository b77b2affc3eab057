-- office.lua - the way to the office's work orders, and who asks.
local myna = require "myna"

local M = {}

local without_keys = myna.env("TECHNICIAN", "t-14")

--- Refusals by their error_code, in words a technician may hear.
local by_code = {
  already_started = "Esa orden ya está empezada.",
  not_started = "Esa orden no está empezada todavía. Empiézala primero.",
  already_finished = "Esa orden ya está cerrada.",
  other_started = "Tienes otra orden abierta. Ciérrala antes de empezar esta.",
  out_of_stock = "De esa pieza no queda tanto en el almacén.",
}

local function refused(res)
  local well, body = pcall(res.json, res)
  return well and type(body) == "table" and by_code[body.error_code]
    or "No he podido hacerlo con esos datos. Vamos a repasarlos."
end

M.http = myna.http.client {
  base_url = myna.env("OFFICE_URL", "http://127.0.0.1:8086"),
  timeout = { connect = "2s", total = "6s" },
  retry = { tries = 2, pause = "300ms" },
  words = {
    [400] = refused,
    [404] = "No encuentro esa orden entre las tuyas.",
    [409] = refused,
    [429] = "La oficina está saturada. Dame un momento.",
    timeout = "La oficina tarda demasiado. Probemos dentro de un rato.",
    other = "No llego a la oficina ahora mismo. Apúntalo y probamos luego.",
  },
}

--- The technician: whose key or token the phone presented; of a server without keys, the one that
--- TECHNICIAN names.
function M.technician(ctx)
  local id = ctx.user and ctx.user.id or without_keys
  return (tostring(id):gsub("[^%w_-]", ""))
end

function M.path(ctx, rest)
  return "/technicians/" .. M.technician(ctx) .. rest
end

return M
