/* test_bundle.c - what an author is told when an app loads, and what the session gets of it. */
#include "base/err.h"
#include "test.h"
#include "world.h"

#include <stdio.h>
#include <stdlib.h>
#include <unistd.h>

static const char good_agent[] = "local myna = require 'myna'\n"
                                 "return myna.agent { name = 'A', instructions = 'Hi.' }\n";

/* Loads an app of one page, which must fail, and leaves the mistakes in w->why. */
static void refuse(struct world *w, const char *page)
{
    world_open(w);
    world_file(w, "agent.lua", page);
    assert_int_equal(world_load(w), MN_ESCRIPT);
    assert_null(w->bundle);
}

static int lines(const struct mn_buf *b)
{
    int n = 0;

    for (size_t i = 0; i < b->n; i++)
        n += b->p[i] == '\n';
    return n;
}

TEST(an_agent_alone_is_an_app_with_defaults)
{
    struct world w;
    const struct mn_app_spec *spec;

    world_open(&w);
    world_file(&w, "agent.lua", good_agent);
    assert_int_equal(world_load(&w), 0);
    spec = mn_bundle_spec(w.bundle);
    assert_string_equal(spec->name.p, "app"); /* the folder: what a caller dials */
    assert_string_equal(spec->model.p, "gpt-realtime");
    assert_int_equal(spec->nagents, 1);
    assert_int_equal(spec->greeting, MN_GREETING_NONE);
    world_close(&w);
}

TEST(the_spec_holds_what_the_session_needs)
{
    struct world w;
    const struct mn_app_spec *spec;

    world_open(&w);
    assert_int_equal(world_load_path(&w, MN_TEST_APPS "/clinic"), 0);
    spec = mn_bundle_spec(w.bundle);
    assert_string_equal(spec->name.p, "clinic");
    assert_int_equal(spec->nagents, 2);
    assert_string_equal(spec->agents[0].name.p, "Front Desk");
    assert_string_equal(spec->agents[0].voice.p, "sage");
    assert_int_equal(spec->agents[0].ntools, 3);
    assert_string_equal(spec->agents[0].tools[0].name.p, "find_patient");
    assert_int_equal(spec->agents[0].tools[0].timeout_ms, 4000);
    assert_int_equal(spec->agents[0].tools[0].on_interrupt, MN_CANCEL);
    assert_string_equal(spec->agents[0].tools[2].name.p, "transfer_to_Billing");
    assert_int_equal(spec->agents[0].tools[2].kind, MN_TOOL_HANDOFF);
    assert_int_equal(spec->agents[0].tools[2].target, 1);
    assert_int_equal(spec->greeting, MN_GREETING_WORDS);
    assert_string_equal(spec->greeting_text.p, "Hello, this is the clinic.");
    assert_string_equal(spec->turn_detection.p,
                        "{\"eagerness\":\"low\",\"type\":\"semantic_vad\"}");
    assert_string_equal(spec->transcription.p, "{\"model\":\"whisper-1\"}");
    assert_int_equal(spec->max_duration_ms, 20 * 60 * 1000);
    assert_int_equal(spec->max_handoffs_per_turn, 3);
    assert_int_equal(mn_bundle_warnings(w.bundle).n, 0);
    world_close(&w);
}

TEST(a_bundle_lives_until_its_last_hold)
{
    struct world w;
    struct mn_bundle *held;

    world_open(&w);
    world_file(&w, "agent.lua", good_agent);
    assert_int_equal(world_load(&w), 0);
    held = mn_bundle_hold(w.bundle);
    mn_bundle_drop(w.bundle);
    w.bundle = NULL;
    assert_int_equal(mn_bundle_spec(held)->nagents, 1);
    mn_bundle_drop(held);
    world_close(&w);
}

TEST(an_unknown_field_names_the_nearest)
{
    struct world w;

    refuse(&w, "local myna = require 'myna'\n"
               "local t = myna.tool {\n  name = 'find_patient',\n"
               "  descripton = 'x', execute = function() end }\n"
               "return myna.agent { name = 'A', tools = { t } }\n");
    world_has(&w.why, "app/agent.lua:4: tool 'find_patient': unknown field 'descripton' "
                      "(did you mean 'description'?)\n");
    world_has(&w.why, "app/agent.lua:2: tool 'find_patient': 'description' is missing\n");
    assert_int_equal(lines(&w.why), 2);
    world_close(&w);
}

TEST(every_mistake_is_told_at_once)
{
    struct world w;

    world_open(&w);
    world_file(&w, "agent.lua",
               "local myna = require 'myna'\n"
               "local broken = require 'tools.broken'\n"
               "local gone = require 'tools.gone'\n"
               "count = 1\n"
               "local n = strng.len 'x'\n"
               "local key = myna.env 'MYNA_TEST_UNSET'\n"
               "local t = myna.tool { name = 'a b', description = 7, execute = 'x',\n"
               "  timeout = 5000, on_interrupt = 'kep' }\n"
               "return myna.app { agent = myna.agent { name = 'A', tools = { t, broken, gone },\n"
               "  instructions = myna.file 'prompts/none.md' }, greting = 'Hi' }\n");
    world_file(&w, "tools/broken.lua", "local x = = 1\n");
    assert_int_equal(world_load(&w), MN_ESCRIPT);
    world_has(&w.why, "app/tools/broken.lua:1: unexpected symbol near '='");
    world_has(&w.why, "app/agent.lua:3: require 'tools.gone': there is no file app/tools/gone.lua");
    world_has(&w.why, "app/agent.lua:4: global 'count' is written");
    world_has(&w.why, "app/agent.lua:5: unknown global 'strng' (did you mean 'string'?)");
    world_has(&w.why, "app/agent.lua:6: variable MYNA_TEST_UNSET is not set");
    world_has(&w.why, "app/agent.lua:7: tool 'a b': description: expected a string, got a number");
    world_has(&w.why, "app/agent.lua:7: tool 'a b': execute: expected a function, got a string");
    world_has(&w.why, "timeout: 5000 seconds is over an hour (did you mean milliseconds?");
    world_has(&w.why, "on_interrupt: 'kep' is none of 'keep', 'cancel' (did you mean 'keep'?)");
    world_has(&w.why, "a tool's name is letters, digits, _ and - only");
    world_has(&w.why, "there is no file app/prompts/none.md");
    world_has(&w.why, "app: unknown field 'greting' (did you mean 'greeting'?)");
    assert_int_equal(lines(&w.why), 12);
    world_close(&w);
}

TEST(two_agents_or_tools_of_one_name_are_refused)
{
    struct world w;

    refuse(&w, "local myna = require 'myna'\n"
               "local function t() return myna.tool { name = 't', description = 'd',\n"
               "  execute = function() end } end\n"
               "local a = myna.agent { name = 'A', tools = { t(), t() } }\n"
               "local b = myna.agent { name = 'A' }\n"
               "return myna.app { agent = a, agents = { b } }\n");
    world_has(&w.why, "app/agent.lua:4: agent 'A': two tools are named 't'");
    world_has(&w.why, "app/agent.lua:5: two agents are named 'A'");
    world_close(&w);
}

TEST(a_handoff_to_nobody_names_the_nearest)
{
    struct world w;

    refuse(&w, "local myna = require 'myna'\n"
               "local a = myna.agent { name = 'A', handoffs = { 'Biling' } }\n"
               "return myna.app { agent = a, agents = { myna.agent { name = 'Billing' } } }\n");
    world_has(&w.why, "app/agent.lua:2: agent 'A': a handoff to 'Biling', but there is no such "
                      "agent (did you mean 'Billing'?)");
    world_close(&w);
}

TEST(an_agent_nobody_reaches_is_a_warning)
{
    struct world w;

    world_open(&w);
    world_file(&w, "agent.lua",
               "local myna = require 'myna'\n"
               "return myna.app { agent = myna.agent { name = 'A' },\n"
               "  agents = { myna.agent { name = 'B' } } }\n");
    assert_int_equal(world_load(&w), 0);
    assert_string_equal(mn_bundle_warnings(w.bundle).p,
                        "app/agent.lua:3: agent 'B': no handoff leads to it\n");
    world_close(&w);
}

TEST(a_ring_of_requires_is_shown_whole)
{
    struct world w;

    world_open(&w);
    world_file(&w, "agent.lua", "local s = require 'agents.sales'\nreturn s\n");
    world_file(&w, "agents/sales.lua", "\nlocal r = require 'agents.returns'\nreturn r\n");
    world_file(&w, "agents/returns.lua", "local s = require 'agents.sales'\nreturn s\n");
    assert_int_equal(world_load(&w), MN_ESCRIPT);
    world_has(&w.why, "app/agents/sales.lua:2: agents.sales -> agents.returns -> agents.sales: in "
                      "handoffs, write the agent's name instead\n");
    assert_int_equal(lines(&w.why), 1);
    world_close(&w);
}

TEST(R35_rules_for_turns_are_checked)
{
    struct world w;

    refuse(&w, "local myna = require 'myna'\n"
               "return myna.app { agent = myna.agent { name = 'A' },\n"
               "  greeting = { interrupt = false },\n"
               "  turn = { min_words = 0, min_ms = 'x', ignore = { '--' }, detection = 'vad',\n"
               "    resume_afer = '2s' },\n"
               "}\n");
    world_has(&w.why, "app: greeting: expected say = \"these words\" or instructions");
    world_has(&w.why, "app/agent.lua:4: app: turn: min_words: expected a whole number from 1");
    world_has(&w.why, "app: turn: min_ms: expected a whole number from 1");
    world_has(&w.why, "app: turn: ignore: expected a list of words");
    world_has(&w.why, "app: turn: detection: 'vad' is none of");
    world_has(&w.why, "unknown field 'resume_afer' (did you mean 'resume_after'?)");
    world_close(&w);
}

TEST(R37_a_ladder_of_silence_is_checked_rung_by_rung)
{
    struct world w;

    refuse(&w, "local myna = require 'myna'\n"
               "return myna.app { agent = myna.agent { name = 'A' },\n"
               "  idle = {\n"
               "    { after = 0, say = 'x' },\n"
               "    { after = '8s' },\n"
               "    { after = '8s', hang_up = true },\n"
               "    { say = 'x', ater = '9s' },\n"
               "} }\n");
    world_has(&w.why, "app/agent.lua:4: app: idle[1]: after: expected more than 0");
    world_has(&w.why, "app: idle[2]: expected say = \"...\" or hang_up = true");
    world_has(&w.why, "app: idle[3]: nothing comes after hang_up = true");
    world_has(&w.why, "app: idle[4]: unknown field 'ater' (did you mean 'after'?)");
    world_has(&w.why, "app: idle[4]: 'after' is missing");
    world_close(&w);
}

TEST(what_there_is_not_is_never_silent)
{
    struct world w;

    refuse(&w, "local myna = require 'myna'\n"
               "local d = myna.cals()\n"
               "return myna.app { agent = myna.agent { name = 'A', tools = { d } },\n"
               "  on = { agent_tool_ent = function() end } }\n");
    world_has(&w.why, "app/agent.lua:2: myna has no 'cals' (did you mean 'calls'?)");
    world_has(&w.why, "app: on: unknown field 'agent_tool_ent' (did you mean 'agent_tool_end'?)");
    world_close(&w);
}

TEST(R73_hooks_on_events_there_are_not_are_told_with_the_one_that_was_meant)
{
    struct world w;

    refuse(&w,
           "local myna = require 'myna'\n"
           "local f = function() end\n"
           "return myna.app { agent = myna.agent { name = 'A' },\n"
           "  client_events = {\n"
           "    ['conversation.item.crate'] = f,\n"
           "    ['input_audio_buffer.append'] = f,\n"
           "    ['response.create'] = { act = f },\n"
           "    own = { fields = {} },\n"
           "    ['myna.own'] = { act = f } },\n"
           "  server_events = { ['response.done'] = 1, caller = { sytem_messages = true } } }\n");
    world_has(&w.why, "conversation.item.crate: not an event that callers send (did you mean "
                      "'conversation.item.create'?)");
    world_has(&w.why, "input_audio_buffer.append: audio never enters Lua");
    world_has(&w.why, "response.create: an event of the Realtime API; to look at it, write a "
                      "function");
    world_has(&w.why, "client_events: own: 'act' is missing");
    world_has(&w.why, "myna.own: names that begin with 'myna.' are Myna's own");
    world_has(&w.why, "server_events: response.done: expected a function, got a number");
    world_close(&w);
}

TEST(R43_a_guardrail_is_checked_when_it_is_loaded)
{
    struct world w;

    refuse(&w, "local myna = require 'myna'\n"
               "local none = function() end\n"
               "local g = myna.guardrail { name = 'g', check = none, on_eror = 'open' }\n"
               "local h = myna.guardrail { name = 'h', on_error = 'shut', every_chars = -1 }\n"
               "local w = myna.guardrails.words { say = 'No.' }\n"
               "local l = myna.guardrails.lenght { max = 5 }\n"
               "local m = myna.guardrails.moderation { categories = { 'hat' }, evry = 5 }\n"
               "local p = myna.guardrails.patterns { '(', '%d' }\n"
               "local q = myna.guardrails.patterns { '%d*' }\n"
               "local d = myna.guardrails.personal_data { kinds = { 'cards' }, replace = 5 }\n"
               "local n = myna.guardrails.language { 'english' }\n"
               "local o = myna.guardrails.language { min_words = 0, 'en' }\n"
               "return myna.app { agent = myna.agent { name = 'A',\n"
               "  input_guardrails = { g, g },\n"
               "  output_guardrails = { 'words' } } }\n");
    world_has(&w.why, "app/agent.lua:3: guardrail 'g': unknown field 'on_eror' (did you mean "
                      "'on_error'?)");
    world_has(&w.why, "app/agent.lua:4: guardrail 'h': 'check' is missing");
    world_has(&w.why, "guardrail 'h': on_error: 'shut' is none of 'open', 'closed'");
    world_has(&w.why, "guardrail 'h': every_chars: expected a whole number from 1, or false");
    world_has(&w.why, "app/agent.lua:5: myna.guardrails.words: expected a list of words");
    world_has(&w.why, "myna.guardrails has no 'lenght' (did you mean 'length'?)");
    world_has(&w.why, "app/agent.lua:7: myna.guardrails.moderation: categories: there is no "
                      "category 'hat' (did you mean 'hate'?)");
    world_has(&w.why, "app/agent.lua:8: myna.guardrails.patterns: pattern '(': ");
    world_has(&w.why, "app/agent.lua:9: myna.guardrails.patterns: pattern '%d*' fits anything");
    world_has(&w.why, "personal_data: kinds: expected a list of \"card\", \"email\"");
    world_has(&w.why, "personal_data: replace: expected a string, got a number");
    world_has(&w.why, "app/agent.lua:11: myna.guardrails.language: there is no language 'english'");
    world_has(&w.why, "myna.guardrails.language: min_words: expected a whole number from 1");
    world_has(&w.why,
              "app/agent.lua:14: agent 'A': input_guardrails: two guardrails are named 'g'");
    world_has(&w.why, "app/agent.lua:15: agent 'A': output_guardrails: expected a guardrail, got a "
                      "string");
    world_close(&w);
}

TEST(R66_prices_are_the_apps_own_or_built_in_and_in_nanodollars_a_token)
{
    struct world w;
    const struct mn_app_spec *spec;

    world_open(&w);
    world_file(&w, "agent.lua",
               "local myna = require 'myna'\n"
               "return myna.app { agent = myna.agent { name = 'A' }, transcription = 'mine',\n"
               "  model = 'gpt-realtime-2025-08-28', limits = { cost_usd = 1.5, tokens = 9 },\n"
               "  price = { mine = { audio = { input = 2.5 }, minute = 0.006 } } }\n");
    assert_int_equal(world_load(&w), 0);
    spec = mn_bundle_spec(w.bundle);
    assert_true(spec->price.known && spec->transcription_price.known);
    assert_int_equal(spec->price.input[MN_AUDIO], 32000);
    assert_int_equal(spec->price.cached[MN_TEXT], 400);
    assert_int_equal(spec->transcription_price.cached[MN_AUDIO], 2500); /* as input, unless said */
    assert_int_equal(spec->transcription_price.minute, 6000000);
    assert_int_equal(spec->max_cost, 1500000000);
    assert_int_equal(spec->max_tokens, 9);
    world_close(&w);
}

TEST(R65_a_cost_nobody_can_know_is_no_limit)
{
    struct world w;

    refuse(&w, "local myna = require 'myna'\n"
               "return myna.app { agent = myna.agent { name = 'A' }, model = 'homemade',\n"
               "  limits = { cost_usd = 1, idle = 'soon', tokens = 0 },\n"
               "  price = { other = { text = { output = 1 } } } }\n");
    world_has(&w.why, "app: limits: idle: \"soon\" is not a duration");
    world_has(&w.why, "app: limits: tokens: expected a whole number from 1");
    world_has(&w.why, "app: price: text: 'input' is missing");
    world_close(&w);
    refuse(&w, "local myna = require 'myna'\n"
               "return myna.app { agent = myna.agent { name = 'A' }, model = 'homemade',\n"
               "  limits = { cost_usd = 1 } }\n");
    world_has(&w.why, "app: limits: cost_usd: no price is known of 'homemade': say it in price");
    world_close(&w);
}

TEST(a_state_that_is_not_json_is_refused)
{
    struct world w;

    refuse(&w, "local myna = require 'myna'\n"
               "local ring = {}\nring.ring = ring\n"
               "return myna.app { agent = myna.agent { name = 'A' }, state = ring }\n");
    world_has(&w.why, "app/agent.lua:4: app: state: state.ring.ring");
    world_has(&w.why, "or a table that holds itself");
    world_close(&w);
}

TEST(a_bare_table_is_no_tool)
{
    struct world w;

    refuse(&w, "local myna = require 'myna'\n"
               "return myna.agent { name = 'A', tools = { { name = 't' }, {}, { 'x' } } }\n");
    world_has(&w.why, "agent 'A': tools: expected a tool, got a table");
    world_has(&w.why, "agent 'A': tools: expected a tool, got a string");
    world_close(&w);
}

TEST(a_transfer_tools_name_fits_the_api)
{
    struct world w;

    refuse(&w, "local myna = require 'myna'\n"
               "local long = ('N'):rep(60)\n"
               "return myna.app { agents = { myna.agent { name = long } },\n"
               "  agent = myna.agent { name = 'A', handoffs = { long } } }\n");
    world_has(&w.why, "app/agent.lua:4: agent 'A': the transfer tool's name 'transfer_to_NNN");
    world_has(&w.why, "is over 64 characters: give it a tool_name");
    world_close(&w);
}

TEST(nothing_outside_the_folder_is_read)
{
    struct world w;
    char link[128];

    world_open(&w);
    world_file(&w, "agent.lua",
               "local myna = require 'myna'\n"
               "local a = myna.text '../secret.txt'\n"
               "local b = myna.text '/etc/passwd'\n"
               "local c = myna.text 'link.txt'\n"
               "local d = require '..x'\n"
               "return myna.agent { name = 'A' }\n");
    snprintf(link, sizeof(link), "%s/app/link.txt", w.folder);
    assert_int_equal(symlink("/etc/passwd", link), 0);
    assert_int_equal(world_load(&w), MN_ESCRIPT);
    world_has(&w.why, "agent.lua:2: myna.text: '../secret.txt' leads outside the app's folder");
    world_has(&w.why, "agent.lua:3: myna.text: '/etc/passwd' leads outside the app's folder");
    world_has(&w.why, "agent.lua:4: myna.text: 'link.txt' is a link that leads outside");
    world_has(&w.why, "agent.lua:5: require: expected a name such as \"tools.calendar\"");
    world_close(&w);
}

TEST(while_files_run_there_is_no_clock_no_chance_and_no_waiting)
{
    struct world w;

    world_open(&w);
    world_file(&w, "agent.lua",
               "require 'a'\nrequire 'b'\nrequire 'c'\nrequire 'd'\nrequire 'e'\nreturn 1\n");
    world_file(&w, "a.lua", "return os.time()\n");
    world_file(&w, "b.lua", "return math.random()\n");
    world_file(&w, "c.lua", "\nrequire 'myna'.sleep '1s'\nreturn 1\n");
    world_file(&w, "d.lua", "local r = require 'myna'.http.get 'http://x/'\nreturn r\n");
    world_file(&w, "e.lua", "return os.getenv 'HOME'\n");
    assert_int_equal(world_load(&w), MN_ESCRIPT);
    world_has(&w.why, "app/a.lua:1: os.time cannot be used while a file is loading");
    world_has(&w.why, "app/b.lua:1: math.random cannot be used while a file is loading");
    world_has(&w.why, "app/c.lua:2: sleep cannot be used while a file is loading");
    world_has(&w.why, "app/d.lua:1: an HTTP request cannot be used while a file is loading");
    world_has(&w.why, "app/e.lua:1: ");
    world_close(&w);
}

TEST(a_loop_at_load_is_stopped_with_its_line)
{
    struct world w;

    world_open(&w);
    world_file(&w, "agent.lua", "local n = 0\nwhile true do pcall(function() n = n + 1 end) end\n");
    assert_int_equal(world_load(&w), MN_ELIMIT);
    world_has(&w.why, "app/agent.lua:2: stopped: over ");
    world_close(&w);
}

TEST(memory_at_load_is_bounded)
{
    struct world w;

    world_open(&w);
    world_file(&w, "agent.lua",
               "local t = {}\nfor i = 1, 1e9 do t[i] = i .. ('x'):rep(500000) end\n");
    assert_int_equal(world_load(&w), MN_ELIMIT);
    world_has(&w.why, "would hold more than");
    world_close(&w);
}

TEST(a_dotenv_is_read_and_the_process_wins)
{
    struct world w;

    world_open(&w);
    setenv("MYNA_TEST_BOTH", "process", 1);
    world_file(&w, ".env",
               "# comment\nMYNA_TEST_FILE=\"a b\\n\" # words\nexport MYNA_TEST_BOTH=file\n"
               "MYNA_TEST_BARE = x#y # z\nMYNA_TEST_RAW='\\n'\n");
    world_file(&w, "agent.lua",
               "local myna = require 'myna'\n"
               "assert(myna.env 'MYNA_TEST_FILE' == 'a b\\n')\n"
               "assert(myna.env 'MYNA_TEST_BOTH' == 'process')\n"
               "assert(myna.env 'MYNA_TEST_BARE' == 'x#y')\n"
               "assert(myna.env 'MYNA_TEST_RAW' == [[\\n]])\n"
               "assert(myna.env('MYNA_TEST_NONE', 'd') == 'd')\n"
               "return myna.agent { name = 'A' }\n");
    if (world_load(&w) != 0)
        fail_msg("%s", world_text(&w.why));
    world_call(&w);
    unsetenv("MYNA_TEST_BOTH");
    world_close(&w);
}

TEST(a_bad_dotenv_names_its_line)
{
    struct world w;

    world_open(&w);
    world_file(&w, ".env", "A=1\n\nB C=2\n");
    world_file(&w, "agent.lua", good_agent);
    assert_int_equal(world_load(&w), MN_ECONFIG);
    world_has(&w.why, "app/.env: line 3: expected NAME=value");
    world_close(&w);
}

TEST(a_missing_app_says_so)
{
    struct world w;

    world_open(&w);
    assert_true(world_load_path(&w, "/nowhere/at/all") < 0);
    world_has(&w.why, "/nowhere/at/all: No such file or directory");
    world_close(&w);
}

TEST(a_folder_without_agent_lua_says_so)
{
    struct world w;

    world_open(&w);
    world_file(&w, "other.lua", "return 1");
    assert_int_equal(world_load(&w), MN_ESCRIPT);
    world_has(&w.why, "there is no agent.lua in it");
    world_close(&w);
}

TEST(a_page_that_returns_something_else_is_refused)
{
    struct world w;

    refuse(&w, "return { 1 }\n");
    world_has(&w.why, "app/agent.lua: expected it to return myna.app or an agent, got a table");
    world_close(&w);
}

TEST(lib_beside_the_apps_is_shared)
{
    struct world w;

    world_open(&w);
    world_file(&w, "agent.lua",
               "local shared = require 'words'\n"
               "return require 'myna'.agent { name = shared.name }\n");
    world_file(&w, "../lib/words.lua", "return { name = 'Shared' }\n");
    assert_int_equal(world_load(&w), 0);
    assert_string_equal(mn_bundle_spec(w.bundle)->agents[0].name.p, "Shared");
    world_close(&w);
}

TEST(a_template_is_checked_at_load)
{
    struct world w;

    world_open(&w);
    world_file(&w, "p.md",
               "Hi\n{{ctx.state.name .. 'x'}}\n{{ctx.private.pin}} {{state.x}}\n{{ctx.");
    world_file(&w, "agent.lua",
               "local myna = require 'myna'\n"
               "return myna.agent { name = 'A', instructions = myna.file 'p.md' }\n");
    assert_int_equal(world_load(&w), MN_ESCRIPT);
    world_has(&w.why, "app/p.md:2: ");
    world_has(&w.why, "app/p.md:3: ctx.private is never put in a template");
    world_has(&w.why, "app/p.md:3: 'state.x' does not begin with ctx.");
    world_has(&w.why, "app/p.md:4: '{{' without its '}}'");
    world_close(&w);
}

TEST(a_raw_schema_with_an_unknown_word_is_refused)
{
    struct world w;

    refuse(&w, "local myna = require 'myna'\n"
               "local t = myna.tool { name = 't', description = 'd', execute = function() end,\n"
               "  parameters = { type = 'object', propertis = {} } }\n"
               "return myna.agent { name = 'A', tools = { t } }\n");
    world_has(&w.why, "app/agent.lua:2: tool 't': parameters: ");
    world_has(&w.why, "propertis");
    world_close(&w);
}

TEST(the_tree_shows_agents_tools_and_handoffs)
{
    struct world w;
    struct mn_buf tree = {0};

    world_open(&w);
    assert_int_equal(world_load_path(&w, MN_TEST_APPS "/clinic"), 0);
    assert_int_equal(mn_bundle_tree(w.bundle, &tree), 0);
    assert_string_equal(tree.p, "clinic (gpt-realtime)\n"
                                "  Front Desk, answers\n"
                                "    find_patient  Find a patient.\n"
                                "    datetime  Get the current date, weekday and time.\n"
                                "    transfer_to_Billing -> Billing\n"
                                "  Billing\n"
                                "    secret_tool  Only when the state allows it.\n"
                                "    back -> Front Desk\n");
    mn_buf_free(&tree);
    world_close(&w);
}
