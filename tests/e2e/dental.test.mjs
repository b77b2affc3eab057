// dental.test.mjs - agents/dental where its scenarios do not reach: the routes of its page, and
// each of the supervisor's functions against the practice's real records.
import assert from "node:assert/strict";
import { once } from "node:events";
import { createServer } from "node:http";
import { after, before, test } from "node:test";
import { RawCaller } from "./lib/raw.mjs";
import { ROOT, backend, myna } from "./lib/server.mjs";

const KEY = "key-of-the-practice";
const SECRET = "sk-of-the-model-0123456789";
let api, records, server;
const script = []; // what the text model answers next
const seen = []; // what it was asked

function answer(request, body) {
  if (request.url === "/v1/moderations") {
    return { results: [{ flagged: false, categories: {}, category_scores: {} }] };
  }
  seen.push({ body, authorization: request.headers.authorization });
  return { id: "resp_1", object: "response", status: "completed", output: script.shift() };
}

before(async () => {
  api = createServer(async (request, response) => {
    const body = JSON.parse(Buffer.concat(await request.toArray()).toString());
    response.writeHead(200, { "content-type": "application/json" });
    response.end(JSON.stringify(answer(request, body)));
  });
  api.listen(0, "127.0.0.1");
  await once(api, "listening");
  records = await backend();
  server = await myna(["serve", `${ROOT}agents/dental`, "--port", "0", "--key", KEY, "--upstream",
    "sim", "--text-upstream", `http://127.0.0.1:${api.address().port}/v1`],
    { CLINIC_URL: records.url, OPENAI_API_KEY: SECRET });
});
after(async () => {
  assert.deepEqual(await server.stop("SIGINT"), { code: 0, signal: null });
  assert.ok(!server.output.includes(SECRET), "the key is in the log");
  await records.stop();
  api.closeAllConnections();
  api.close();
});

const says = (text) => [{ type: "message", role: "assistant", status: "completed",
  content: [{ type: "output_text", text }] }];
const authorization = `Bearer ${KEY}`;
const get = (path, headers = { authorization }) => fetch(server.url + path, { headers });
const post = (path, body, headers = { authorization }) => fetch(server.url + path, {
  method: "POST", headers: { "content-type": "application/json", ...headers }, body });

test("a page gets a key for one call, and only who may call gets one", async () => {
  assert.equal((await get("/api/session", {})).status, 401);
  const session = await get("/api/session");
  assert.equal(session.status, 200);
  assert.equal(session.headers.get("cache-control"), "no-store");
  const { client_secret: secret, model } = await session.json();
  assert.match(secret.value, /^ek_/);
  assert.ok(secret.expires_at - Date.now() / 1000 < 62);
  const offer = { headers: { authorization: `Bearer ${secret.value}` } };
  const caller = await RawCaller.open(server.realtime(`model=${model}`), [], offer);
  await caller.events.next("response.output_audio_transcript.delta");
  await caller.close();
  assert.equal(await RawCaller.refused(server.realtime(`model=${model}`), [], offer), 401);
});

test("a page asks the Responses API with the server's key, and only these models", async () => {
  const ask = { model: "gpt-4.1-mini", input: "Sum this up.", store: true };
  assert.equal((await post("/api/responses", JSON.stringify(ask), {})).status, 401);
  assert.equal((await post("/api/responses", "{")).status, 400);
  const dear = await post("/api/responses", JSON.stringify({ ...ask, model: "o3-pro" }));
  assert.equal(dear.status, 400);
  assert.match((await dear.json()).error, /gpt-4\.1/);
  seen.length = 0;
  script.push(says("In short."));
  const response = await post("/api/responses", JSON.stringify(ask));
  assert.equal(response.status, 200);
  assert.equal((await response.json()).output[0].content[0].text, "In short.");
  assert.deepEqual(seen[0].body, { ...ask, store: false, max_output_tokens: 1000 });
  assert.equal(seen[0].authorization, `Bearer ${SECRET}`);
});

test("two who want one time get it once", async () => {
  const { slot } = await (await fetch(`${records.url}/slots/next`)).json();
  const body = JSON.stringify({ ...slot, reason: "Check-up" });
  const book = (patient) => fetch(`${records.url}/patients/${patient}/appointments`,
    { method: "POST", body });
  const answers = await Promise.all([book(7), book(13)]);
  assert.deepEqual(answers.map((it) => it.status).sort(), [201, 409]);
});

/** Each turn of a call: the functions the text model calls at once, and what each must give. */
const turns = [
  [["get_record", {}, /No record is open/]],
  [["find_patient", { name: "sam latif", born: "1980-05-02" }, /"found":false/]],
  [["register_patient", { name: "Sam Latif", born: "1980-05-01", phone: "020 7946 0103" },
    /can be opened instead/]],
  [["register_patient", { name: "Eve Hill", born: "1990-01-01", phone: "020 7946 0999" }, /Eve/],
    ["leave_message", { name: "Eve", phone: "020 7946 0999", words: "Call me." }, /"request"/]],
  [["find_patient", { name: "sam latif", born: "1980-05-01" }, /"found":true/]],
  [["get_record", {}, /sam@example.com/], ["list_family", {}, /2009-08-17/],
    ["get_recall", {}, /"months":6/], ["list_appointments", {}, /Dr Shah/],
    ["list_past_visits", {}, /upper left/], ["list_invoices", {}, /"status":"open"/],
    ["list_payments", {}, /1041/], ["get_balance", {}, /86.5/]],
  [["get_invoice", { invoice: 1052 }, /upper left/], ["get_invoice", { invoice: 1060 }, /nothing/],
    ["send_invoice", { invoice: 1052 }, /sam@example/],
    ["query_invoice", { invoice: 1052, words: "Not mine." }, /"query"/],
    ["send_payment_link", { invoice: 1052 }, /020 7946 0103/],
    ["send_payment_link", { invoice: 1041 }, /is paid/], ["list_insurance", {}, /Wellbridge/],
    ["check_cover", { code: "FILL" }, /43.25/]],
  [["list_treatments", {}, /Root canal/], ["get_treatment", { code: "ROOT" }, /320/],
    ["get_treatment", { code: "GOLD" }, /nothing like/], ["get_treatment_plan", {}, /Hygienist/],
    ["list_prescription_requests", {}, /Fluoride/], ["list_referrals", {}, /"requests":\[\]/],
    ["list_documents", {}, /X-ray/], ["send_document", { document: 802 }, /sam@example/]],
  [["ask_for_prescription", { medicine: "Fluoride toothpaste", words: "." }, /yet to decide/],
    ["ask_for_referral", { specialty: "oral surgery", words: "A wisdom tooth." }, /"request"/],
    ["set_recall", { months: 12 }, /"months":12/], ["set_recall", { months: 5 }, /once more/],
    ["set_reminders", { by: "email" }, /email/], ["update_contact", { phone: "020 7946 0200" },
      /0200/], ["update_contact", {}, /once more/],
    ["add_insurance", { insurer: "Moonshield", number: "1" }, /does not work with/]],
  [["stop_recall", {}, /last_visit/], ["end_insurance", { policy: 71 }, /"ended":true/],
    ["add_insurance", { insurer: "Oakshield", number: "OS-1" }, /OS-1/],
    ["join_waiting_list", { first_day: "2099-01-05", last_day: "2099-02-01" }, /"place":1/],
    ["get_office", {}, /Barton Street/], ["get_office_day", { day: "2026-12-25" }, /Christmas/],
    ["list_staff", { role: "dentist" }, /Dr Moreau/],
    ["list_rooms", { step_free: true }, /ground/]],
  [["join_waiting_list", { first_day: "2099-01-05", last_day: "2099-02-01" }, /already/],
    ["get_waiting_place", {}, /"place":1/], ["get_rota", { day: "2026-11-23" }, /Kim Osei/],
    ["find_emergency_slot", {}, /T12:30/], ["find_next_slot", {}, /"starts"/],
    ["confirm_appointment", { appointment: 501 }, /true/],
    ["report_late", { appointment: 501, minutes: 10 }, /true/],
    ["report_late", { appointment: 501, minutes: 90 }, /must be moved/]],
  [["leave_waiting_list", {}, /false/], ["find_slots", { day: "DAY", days: 14 }, /"starts"/],
    ["cancel_appointment", { appointment: 502 }, /nothing like that/]],
  [["book_appointment", { starts: "FIRST", dentist: "WHO", reason: "Pain" }, /"id"/]],
  [["move_appointment", { appointment: 501, starts: "FIRST", dentist: "WHO" },
    /has just gone|time already/],
    ["book_appointment", { starts: "2020-03-02T10:00", dentist: "Dr Shah", reason: "x" }, /past/],
    ["book_appointment", { starts: "FIRST", dentist: "Dr Who", reason: "x" }, /nothing like/]],
  [["move_appointment", { appointment: 501, starts: "LAST", dentist: "WHOSE" }, /"id":501/]],
  [["cancel_appointment", { appointment: 501 }, /"cancelled":true/]],
  [["open_child_record", { child: 7 }, /nothing like/], ["list_family", {}, /"id":23/]],
  [["open_child_record", { child: 23 }, /2009-08-17/]],
  [["list_invoices", {}, /"invoices":\[\]/], ["get_invoice", { invoice: 1052 }, /nothing like/]],
];

test("each of the 49 functions does what it says, on the real records", async () => {
  const caller = await RawCaller.open(server.realtime("model=dental&events=myna"), [],
    { headers: { authorization } });
  const known = { DAY: new Date(Date.now() + 7 * 86400e3).toISOString().slice(0, 10) };
  const called = new Set();
  await caller.events.next("response.done"); // the greeting; who speaks into it cuts in on it

  for (const turn of turns) {
    const output = turn.map(([name, args], place) => {
      const filled = Object.fromEntries(Object.entries(args).map(
        ([field, value]) => [field, known[value] ?? value]));
      called.add(name);
      return { type: "function_call", call_id: `c${place}`, name,
        arguments: JSON.stringify(filled) };
    });
    seen.length = 0;
    script.push(output, says("Done."));
    caller.say('call ask_supervisor {"request":"Please see to it."}');
    await caller.events.next("myna.note",
      (it) => it.note === "agent_tool_end" && it.tool === "ask_supervisor");
    const given = seen[1].body.input.filter((item) => item.type === "function_call_output");
    turn.forEach(([name, , wanted], place) => {
      const text = given.findLast((item) => item.call_id === `c${place}`).output;
      assert.match(text, wanted, `${name} gave ${text}`);
      if (name !== "find_slots") return;
      const { slots } = JSON.parse(text);
      const [first, last] = [slots[0], slots.at(-1)];
      Object.assign(known, { FIRST: first.starts, WHO: first.dentist, LAST: last.starts,
        WHOSE: last.dentist });
    });
    await caller.events.next("response.output_audio_transcript.done",
      (it) => it.transcript === "Done.");
    await caller.events.next("response.done");
  }
  const offered = seen[0].body.tools.map((tool) => tool.name);
  assert.equal(offered.length, 49);
  assert.deepEqual(offered.filter((name) => !called.has(name)), []);
  assert.match(JSON.stringify(seen[0].body.input), /The practice just now: .*at_work_today/);
  assert.match(seen[0].body.instructions, /opened by the parent Sam Latif/);
  await caller.close();
});
