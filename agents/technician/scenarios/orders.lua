-- orders.lua - what a technician does with hands full: asks, starts, dictates, closes; and errs.
local test = require "myna.test"

local base = "/technicians/t-14"
local today = { technician = "Lucía Ferrer", orders = {
  { id = 7001, time = "09:00", address = "Calle Mayor 3", fault = "Pierde presión",
    status = "planned" } } }
local order = { id = 7001, time = "09:00", address = "Calle Mayor 3, sótano",
  fault = "La caldera pierde presión", safety = "Cuadro eléctrico mojado", status = "planned",
  notes = {}, parts = {} }
local started = { id = 7001, status = "started", started = "09:05", notes = {}, parts = {} }
local finished = { id = 7001, status = "finished", summary = "Vaso cambiado.", notes = {},
  parts = {} }

test.scenario("la siguiente orden, con su aviso de seguridad", function(caller, model, app)
  app.http:on("GET " .. base .. "/orders"):replies { json = today }
  app.http:on("GET " .. base .. "/orders/7001"):replies { json = order }
  caller:expect_heard "soy Vega"
  caller:says "¿Qué me toca ahora?"
  model:calls("list_orders", {})
  app:expect_tool("list_orders", { output = { orders = { { id = 7001 } } } })
  model:says "A las nueve, Calle Mayor tres: la caldera pierde presión."
  caller:says "Cuéntame más."
  model:calls("show_order", { order = 7001 })
  app:expect_tool("show_order", { output = { safety = "Cuadro eléctrico mojado" } })
  model:says "Cuidado: el cuadro eléctrico está mojado. Corta antes de tocar."
  caller:expect_heard "mojado"
end)

test.scenario("de principio a fin: empezar, anotar, pieza, cerrar", function(caller, model, app)
  app.http:on("POST " .. base .. "/orders/7001/start"):replies { json = started }
  app.http:on("POST " .. base .. "/orders/7001/notes"):replies { status = 201,
    json = { order = 7001, note = "Vaso roto" } }
  app.http:on("GET /parts"):replies { json = { parts = { { code = "VX-10", stock = 4,
    shelf = "A3", name = "Vaso de expansión" } } } }
  app.http:on("POST " .. base .. "/orders/7001/parts"):replies { status = 201,
    json = { order = 7001, code = "VX-10", amount = 1, left = 3 } }
  app.http:on("POST " .. base .. "/orders/7001/finish"):replies { json = finished }
  caller:says "Empiezo la siete cero cero uno."
  model:calls("start_order", { order = 7001 })
  app:expect_tool("start_order", { output = { status = "started" } })
  app:expect_state { order = 7001 }
  model:says "Empezada."
  caller:says "Apunta que el vaso está roto."
  model:calls("add_note", { order = 7001, text = "Vaso roto" })
  local note = app:expect_http("POST " .. base .. "/orders/7001/notes",
    { json = { text = "Vaso roto" } })
  assert(note.headers["idempotency-key"], "a second try could write a second note")
  model:says "Apuntado."
  caller:says "¿Hay vasos?"
  model:calls("find_parts", { words = "vaso" })
  app:expect_tool("find_parts", { output = { parts = { { shelf = "A3" } } } })
  model:says "Quedan cuatro, estante A tres."
  caller:says "Cárgame uno."
  model:calls("use_part", { order = 7001, code = "VX-10" })
  app:expect_http("POST " .. base .. "/orders/7001/parts",
    { json = { code = "VX-10", amount = 1 } })
  model:says "Cargado. Resumen: vaso cambiado. ¿La cierro?"
  caller:says "Sí, ciérrala."
  model:calls("finish_order", { order = 7001, summary = "Vaso de expansión cambiado." })
  app:expect_tool("finish_order", { output = { status = "finished" } })
  model:says "Cerrada. Buen trabajo."
  caller:expect_heard "Cerrada"
end)

test.scenario("cada uno ve las suyas: quién llama lo dice su llave, no su voz",
  { caller = { user = { id = "t-15/../t-14" } } }, function(caller, model, app)
    app.http:on("GET /technicians/t-15t-14/orders"):replies { status = 404, json = {} }
    caller:says "Soy Lucía, dame mis órdenes."
    model:calls("list_orders", {})
    app:expect_tool("list_orders", { output = test.has "No encuentro" })
    model:says "No encuentro órdenes tuyas."
    caller:expect_heard "No encuentro"
  end)

for code, words in pairs {
  already_started = "ya está empezada", other_started = "otra orden abierta",
  already_finished = "ya está cerrada", not_started = "Empiézala primero",
  out_of_stock = "no queda tanto", something_new = "repasarlos",
} do
  test.scenario("la oficina se niega: " .. code, { tags = { "error" } },
    function(caller, model, app)
      app.http:on("POST " .. base .. "/orders/7002/start"):replies { status = 409,
        json = { error_code = code, message = "constraint orders_one_open" } }
      caller:says "Empiezo la siete cero cero dos."
      model:calls("start_order", { order = 7002 })
      local call = app:expect_tool("start_order", { output = test.has(words) })
      assert(not tostring(call.output):find "constraint", "what is for programs was told")
      model:says "No puede ser."
      caller:expect_heard "No puede ser"
    end)
end

test.scenario("la oficina no responde, y nadie se queda en silencio",
  { tags = { "error" }, silence = "20s" }, function(caller, model, app)
    app.http:on("GET " .. base .. "/orders"):replies { status = 503, json = {} }
    caller:says "¿Qué me toca?"
    model:calls("list_orders", {})
    app:expect_tool("list_orders", { output = test.has "No llego a la oficina" })
    model:says "No llego a la oficina. ¿Probamos luego?"
    caller:expect_heard "Probamos luego"
  end)

for tool, wrong in pairs {
  show_order = { order = 0 }, start_order = { order = "una" },
  add_note = { order = 7001, text = "" },
  finish_order = { order = 7001, summary = "ok" }, find_parts = { words = "x" },
  use_part = { order = 7001, code = "VX-10", amount = 99 }, datetime = { zone = "Marte" },
  hang_up = { now = true },
} do
  test.scenario("lo que no puede ser no sale de aquí: " .. tool, { tags = { "error" } },
    function(caller, model, app)
      caller:says "Hazlo."
      model:calls(tool, wrong)
      app:expect_tool(tool, { output = test.has "not accepted" })
      model:says "Repítemelo, por favor."
      caller:expect_heard "Repítemelo"
    end)
end

test.scenario("una pieza con un código que no es ninguno no llega al almacén",
  function(caller, model, app)
    caller:says "Cárgame la equis diez."
    model:calls("use_part", { order = 7001, code = "equis 10" })
    app:expect_tool "use_part"
    model:says "¿Me repites el código?"
    caller:expect_heard "repites"
  end)

test.scenario("entre ruidos, interrumpe y se despide", function(caller, model, app)
  caller:says "¿Qué hora es?"
  model:calls("datetime", {})
  app:expect_tool "datetime"
  model:says "Son las nueve y cinco, y si quieres repasamos las órdenes que quedan."
  caller:expect_heard "nueve y cinco"
  caller:says "Vale, adiós."
  model:responds { says = "Hasta luego.", calls = { "hang_up", {} } }
  caller:expect_hung_up()
end)
