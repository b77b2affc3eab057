/* test_mistakes.c - the mistakes authors make most, and the words they are met with: each names
 * file and line, what is wrong, and what to do.
 *
 * The first list is of what a check finds; the second of what only a call can find, which the log
 * tells while the model hears safe words (R11). */
#include "base/err.h"
#include "test.h"
#include "world.h"

#define HEAD        "local myna = require 'myna'\nlocal s = myna.schema\n"
#define AGENT(body) HEAD "return myna.agent { name = 'A',\n" body "\n}\n"
#define TOOL(body)                                                                                 \
    HEAD "local t = myna.tool {\n" body "\n}\nreturn myna.agent { name = 'A', tools = { t } }\n"
#define OF_TOOL(body) TOOL("name = 't', description = 'D', execute = function() end,\n" body)

static const struct {
    const char *what, *page, *words;
} found_by_a_check[] = {
    {"calls while files load", HEAD "myna.calls()\nreturn myna.agent { name = 'A' }\n",
     "app/agent.lua:3: myna.calls cannot be used while a file is loading: use it in a route"},
    {"a mail while files load",
     HEAD "myna.mail { to = 'a@b', subject = 'x', text = 'y' }\nreturn myna.agent { name = 'A' }\n",
     "app/agent.lua:3: myna.mail cannot be used while a file is loading"},
    {"a misspelt field of a tool", TOOL("name = 't', descripton = 'D', execute = function() end,"),
     "app/agent.lua:4: tool 't': unknown field 'descripton' (did you mean 'description'?)"},
    {"a misspelt field of an agent", AGENT("instuctions = 'Hi.',"),
     "app/agent.lua:4: agent 'A': unknown field 'instuctions' (did you mean 'instructions'?)"},
    {"a misspelt word", HEAD "return myna.agnet { name = 'A' }\n",
     "app/agent.lua:3: myna has no 'agnet' (did you mean 'agent'?)"},
    {"a format there is not",
     HEAD "return myna.app { agent = myna.agent { name = 'A' },\n"
          "  audio = { input = 'pcmx' } }\n",
     "app/agent.lua:4: app: audio: input: 'pcmx' is none of 'pcm', 'pcmu', 'pcma' (did you mean "
     "'pcm'?)"},
    {"a misspelt choice for keys",
     HEAD "return myna.app { agent = myna.agent { name = 'A' },\n"
          "  dtmf = 'tel' }\n",
     "app/agent.lua:4: app: dtmf: 'tel' is none of 'tell', 'ignore' (did you mean 'tell'?)"},
    {"a ready-made tool there is not", AGENT("tools = { myna.tools.hangup },"),
     "app/agent.lua:4: myna.tools has no 'hangup' (did you mean 'hang_up'?)"},
    {"a number for instructions", AGENT("instructions = 7,"),
     "app/agent.lua:4: agent 'A': instructions: expected a string, myna.file or function(ctx), got "
     "a number"},
    {"a tool's name for its tools", AGENT("tools = 'find',"),
     "app/agent.lua:4: agent 'A': tools: expected a table, got a string"},
    {"a table for a tool", AGENT("tools = { { name = 'x' } },"),
     "agent 'A': tools: expected a tool, got a table (write myna.tool { ... })"},
    {"execute called instead of given",
     TOOL("name = 't', description = 'D', execute = print('x'),"),
     "app/agent.lua:3: tool 't': 'execute' is missing"},
    {"no return", HEAD "local a = myna.agent { name = 'A' }\n",
     "app/agent.lua: expected it to return myna.app or an agent, got nothing: end it with 'return "
     "myna.app { ... }'"},
    {"a table returned", HEAD "return { name = 'A' }\n",
     "app/agent.lua: expected it to return myna.app or an agent, got a table: end it with 'return "
     "myna.app { ... }'"},
    {"a recording that is not there",
     TOOL("name = 't', description = 'D',\nexecute = function(_, ctx) ctx:play 'x.wav' end,"),
     "app/agent.lua:5: ctx:play: there is no file app/x.wav"},
    {"a handoff to nobody", AGENT("handoffs = { 'Billing' },"),
     "app/agent.lua:3: agent 'A': a handoff to 'Billing', but there is no such agent"},
    {"a handoff to a misspelt agent",
     HEAD "return myna.app { agent = myna.agent { name = 'A', handoffs = { 'Biling' } },\n"
          "  agents = { myna.agent { name = 'Billing' } } }\n",
     "a handoff to 'Biling', but there is no such agent (did you mean 'Billing'?)"},
    {"a handoff to itself", AGENT("handoffs = { 'A' },"),
     "app/agent.lua:3: agent 'A': a handoff to itself"},
    {"two tools of one name",
     HEAD "local function t()\n"
          "  return myna.tool { name = 't', description = 'D', execute = function() end }\nend\n"
          "return myna.agent { name = 'A', tools = { t(), t() } }\n",
     "app/agent.lua:6: agent 'A': two tools are named 't'"},
    {"two agents of one name",
     HEAD "return myna.app { agent = myna.agent { name = 'A' },\n"
          "  agents = { myna.agent { name = 'A' } } }\n",
     "app/agent.lua:4: two agents are named 'A'"},
    {"a tool's name with a space",
     TOOL("name = 'find it', description = 'D', execute = function() end,"),
     "app/agent.lua:3: tool 'find it': a tool's name is letters, digits, _ and - only"},
    {"no name", HEAD "return myna.agent { instructions = 'Hi.' }\n",
     "app/agent.lua:3: agent: 'name' is missing"},
    {"milliseconds for a duration", OF_TOOL("timeout = 5000,"),
     "app/agent.lua:5: tool 't': timeout: 5000 seconds is over an hour (did you mean milliseconds? "
     "write \"5000ms\")"},
    {"a duration without its unit", OF_TOOL("timeout = '5',"),
     "app/agent.lua:5: tool 't': timeout: \"5\" is not a duration such as \"700ms\", \"8s\" or "
     "\"5m\""},
    {"a misspelt schema", OF_TOOL("parameters = { n = s.sting 'Name' },"),
     "app/agent.lua:5: myna.schema has no 'sting' (did you mean 'string'?)"},
    {"a type's name for a schema", OF_TOOL("parameters = { n = 'string' },"),
     "tool 't': parameters.n: expected a schema such as s.string \"What it is\", got a string"},
    {"an enum of nothing", OF_TOOL("parameters = { n = s.enum 'Which' },"),
     "app/agent.lua:5: schema.enum: expected a list of values, as s.enum(\"Which\", { \"a\", \"b\" "
     "})"},
    {"a pattern that is none", OF_TOOL("parameters = { n = s.string('N', { pattern = '[' }) },"),
     "properties.n.pattern: not a regular expression: missing terminating ]"},
    {"a misspelt keyword of a raw schema",
     OF_TOOL("parameters = { type = 'object', propertis = {} },"),
     "tool 't': parameters: unknown keyword 'propertis' (did you mean 'properties'?)"},
    {"a file that is not there", AGENT("instructions = myna.file 'prompts/a.md',"),
     "app/agent.lua:4: myna.file: there is no file app/prompts/a.md"},
    {"a file outside of the app", AGENT("instructions = myna.file '../a.md',"),
     "app/agent.lua:4: myna.file: '../a.md' leads outside the app's folder"},
    {"a page that is not there", HEAD "local t = require 'tools.find'\nreturn t\n",
     "app/agent.lua:3: require 'tools.find': there is no file app/tools/find.lua"},
    {"a variable that is not set", HEAD "local url = myna.env 'MYNA_NO_SUCH_URL'\nreturn url\n",
     "app/agent.lua:3: variable MYNA_NO_SUCH_URL is not set (in the environment or .env)"},
    {"a forgotten local", HEAD "count = 0\nreturn myna.agent { name = 'A' }\n",
     "app/agent.lua:3: global 'count' is written: write 'local count', or keep it in ctx.state"},
    {"a misspelt global", HEAD "return myna.agent { name = 'A', instructions = pritn }\n",
     "app/agent.lua:3: unknown global 'pritn' (did you mean 'print'?)"},
    {"a missing comma", HEAD "return myna.agent { name = 'A'\n  instructions = 'Hi.' }\n",
     "app/agent.lua:4: '}' expected (to close '{' at line 3) near 'instructions'"},
    {"a string without its end", HEAD "return myna.agent { name = 'A, }\n",
     "app/agent.lua:3: unfinished string near"},
    {"an index of nothing", HEAD "local x\nx.y()\nreturn myna.agent { name = 'A' }\n",
     "app/agent.lua:4: attempt to index a nil value (local 'x')"},
    {"waiting at the top of a page", HEAD "myna.sleep '1s'\nreturn myna.agent { name = 'A' }\n",
     "app/agent.lua:3: sleep cannot be used while a file is loading: use it in a function that is "
     "given ctx"},
    {"reading a file as Lua does", HEAD "local f = io.open 'x'\nreturn myna.agent { name = 'A' }\n",
     "app/agent.lua:3: unknown global 'io': files of the app are read by myna.file, myna.text and "
     "myna.data"},
    {"a misspelt event",
     HEAD "return myna.app { agent = myna.agent { name = 'A' },\n"
          "  on = { agent_strat = function() end } }\n",
     "app/agent.lua:4: app: on: unknown field 'agent_strat' (did you mean 'agent_start'?)"},
    {"a prelude's tool that is not the agent's",
     HEAD "local t = myna.tool { name = 'hours', description = 'D', execute = function() end }\n"
          "return myna.agent { name = 'A', tools = { t },\n  prelude = { 'hour' } }\n",
     "app/agent.lua:4: agent 'A': prelude: it has no tool 'hour' (did you mean 'hours'?)"},
    {"a prelude that is no list", AGENT("prelude = 'hours',"),
     "app/agent.lua:4: agent 'A': prelude: expected a list of tools, or of the names of some, got "
     "a string"},
    {"a function in a prelude", AGENT("prelude = { function() end },"),
     "app/agent.lua:4: prelude: expected a tool, or the name of one, got a function"},
    {"a prelude's tool that wants to know something",
     HEAD "local t = myna.tool { name = 't', description = 'D', execute = function() end,\n"
          "  parameters = { born = s.date 'When' } }\n"
          "return myna.agent { name = 'A', prelude = { t } }\n",
     "app/agent.lua:5: agent 'A': prelude: tool 't' needs 'born', and there is nobody yet to give "
     "it: make it :optional(), or write a tool without parameters"},
    {"a prelude's tool that waits for an approval",
     HEAD "local t = myna.tool { name = 't', description = 'D', execute = function() end,\n"
          "  needs_approval = true }\nreturn myna.agent { name = 'A', prelude = { t } }\n",
     "app/agent.lua:5: agent 'A': prelude: tool 't' needs an approval, and nobody could be asked "
     "for it"},
    {"a handoff in a prelude",
     HEAD "return myna.app { agent = myna.agent { name = 'A', handoffs = { 'B' },\n"
          "  prelude = { 'transfer_to_B' } }, agents = { myna.agent { name = 'B' } } }\n",
     "agent 'A': prelude: tool 'transfer_to_B' hands the call over; on.call_start can say who "
     "answers"},
    {"a prompt without its id", AGENT("prompt = { version = '2' },"),
     "app/agent.lua:3: prompt: 'id' is missing"},
    {"a prompt's text for a prompt", AGENT("prompt = 'You are A.',"),
     "app/agent.lua:4: agent 'A': prompt: expected { id = \"pmpt_...\", version =, variables = }, "
     "got a string"},
    {"a number for a prompt's version", AGENT("prompt = { id = 'pmpt_1', version = 2 },"),
     "app/agent.lua:4: prompt: version: expected a string such as \"2\", got a number"},
    {"a misspelt field of a prompt", AGENT("prompt = { id = 'pmpt_1', variable = {} },"),
     "app/agent.lua:4: prompt: unknown field 'variable' (did you mean 'variables'?)"},
    {"a number for a prompt's variable", AGENT("prompt = { id = 'p', variables = { age = 7 } },"),
     "app/agent.lua:4: prompt: variables: age: expected a string, or an input_text, input_image or "
     "input_file, got a number"},
    {"a time zone there is not",
     HEAD "return myna.app { agent = myna.agent { name = 'A' }, timezone = 'Europe/Londn' }\n",
     "app: timezone: 'Europe/Londn' is not a time zone such as \"Europe/London\""},
};

TEST(each_mistake_a_check_finds_says_where_it_is_and_what_to_do)
{
    for (size_t i = 0; i < sizeof(found_by_a_check) / sizeof(found_by_a_check[0]); i++) {
        struct world w;

        world_open(&w);
        world_file(&w, "agent.lua", found_by_a_check[i].page);
        if (world_load(&w) != MN_ESCRIPT)
            fail_msg("%s: it loads", found_by_a_check[i].what);
        world_has(&w.why, found_by_a_check[i].words);
        world_close(&w);
    }
}

TEST(a_template_without_its_end_says_so_with_the_line_of_its_file)
{
    struct world w;

    world_open(&w);
    world_file(&w, "agent.lua", AGENT("instructions = myna.file 'a.md',"));
    world_file(&w, "a.md", "You are kind.\nThe caller is {{ctx.state.name\n");
    assert_int_equal(world_load(&w), MN_ESCRIPT);
    world_has(&w.why, "a.md:2: '{{' without its '}}'");
    world_close(&w);
}

TEST(pages_in_a_ring_are_told_with_the_way_round)
{
    struct world w;

    world_open(&w);
    world_file(&w, "agent.lua", HEAD "return require 'sales'\n");
    world_file(&w, "sales.lua", "return require 'returns'\n");
    world_file(&w, "returns.lua", "return require 'sales'\n");
    assert_int_equal(world_load(&w), MN_ESCRIPT);
    world_has(&w.why, "app/sales.lua:1: sales -> returns -> sales: in handoffs, write the agent's "
                      "name instead");
    world_close(&w);
}

/* --- what only a call finds --- */

static const struct {
    const char *what, *body, *words; /* body of execute(args, ctx), on line 4 of its page */
} found_in_a_call[] = {
    {"a mail to nobody", "myna.mail { subject = 'Hi', text = 'x' }",
     "app/agent.lua:4: myna.mail: 'to' is missing"},
    {"a misspelt field of a mail", "myna.mail { to = 'a@b', subjct = 'Hi', text = 'x' }",
     "app/agent.lua:4: myna.mail: unknown field 'subjct' (did you mean 'subject'?)"},
    {"a table for an address", "myna.mail { to = { mail = 'a@b' }, subject = 'Hi', text = 'x' }",
     "app/agent.lua:4: myna.mail: to: expected a list of addresses"},
    {"a mail without words", "myna.mail { to = 'a@b', subject = 'Hi' }",
     "app/agent.lua:4: myna.mail: 'text' is missing"},
    {"an index of nothing", "return args.name.first",
     "app/agent.lua:4: attempt to index a nil value (field 'name')"},
    {"sums with nothing", "return args.count + 1",
     "app/agent.lua:4: attempt to perform arithmetic on a nil value (field 'count')"},
    {"a function called that is none", "return args.find()",
     "app/agent.lua:4: attempt to call a nil value (field 'find')"},
    {"a function for a result", "return { rows = { { at = print } } }",
     "result.rows[1].at: a function"},
    {"a ring for a result", "local t = {} t.t = t return t", "a table that holds itself"},
    {"no number for a result", "return { n = 0/0 }", "result.n: "},
    {"waiting in a sort", "table.sort({ 1, 2 }, function(a, b) myna.sleep '1s' return a < b end)",
     "app/agent.lua:4: sleep waits, and Lua cannot wait here (in a sort comparator"},
    {"a word of ctx there is not", "ctx:sya 'Hello.'", "ctx has no 'sya' (did you mean 'say'?)"},
    {"words that are none", "ctx:say {}", "ctx:say: "},
    {"a recording that is not there", "ctx:play('x' .. '.wav')",
     "app/agent.lua:4: ctx:play: there is no file app/x.wav"},
    {"a recording that is none", "ctx:play(args.file or 'agent.lua')",
     "app/agent.lua:4: ctx:play: agent.lua is no WAV that can be played: expected 16-bit PCM"},
    {"a picture that is none", "local p = myna.image('GIF89a') return p",
     "app/agent.lua:4: myna.image: expected the bytes of a PNG or a JPEG, got a GIF"},
    {"a picture of nothing", "ctx:send_image(args.picture)",
     "app/agent.lua:4: ctx:send_image: expected bytes, a path or myna.image, got nothing"},
    {"a picture that is not there", "ctx:send_image 'x.png'",
     "app/agent.lua:4: ctx:send_image: there is no file app/x.png"},
    {"a file that is no picture", "ctx:send_image 'agent.lua'",
     "app/agent.lua:4: ctx:send_image: expected a PNG or a JPEG, got something else"},
    {"a point without a name", "ctx:trace {}",
     "app/agent.lua:4: ctx:trace: expected a name of letters, digits, _ . : and -, at most 64"},
    {"a point that is no data", "ctx:trace('x', { f = print })",
     "app/agent.lua:4: trace.fields.f: a function"},
    {"a misspelt option of play", "ctx:play('x.wav' .. '', { txt = 'Hi.' })",
     "app/agent.lua:4: ctx:play: unknown field 'txt' (did you mean 'text'?)"},
    {"a handoff to nobody", "ctx:handoff 'Billing'", "ctx:handoff: there is no agent 'Billing'"},
    {"a field of ctx written", "ctx.count = 1",
     "ctx.count cannot be set; keep what is yours in ctx.state"},
    {"a dot for a colon", "ctx.say 'Hello.'",
     "app/agent.lua:4: ctx:say: write ctx:say(...), with a colon"},
    {"words that are empty", "ctx:say ''",
     "app/agent.lua:4: ctx:say: expected words, got an empty"},
    {"a table without words", "ctx:say { interrupt = false }",
     "app/agent.lua:4: ctx:say: expected words, got a table"},
    {"a handoff to nothing", "ctx:handoff(args.agent)",
     "app/agent.lua:4: ctx:handoff: expected an agent or its name, got nothing"},
    {"a dot in the log", "ctx.log.info 'Saved.'",
     "app/agent.lua:4: ctx.log: write ctx.log:info(...), with a colon"},
    {"words for fields of the log", "ctx.log:info('Saved.', 'order')",
     "app/agent.lua:4: ctx.log:info: expected a table of fields, got a string"},
    {"a level there is not", "ctx.log:warning 'Late.'",
     "app/agent.lua:4: ctx.log has no 'warning'"},
    {"a dot of a client", "myna.http.client { base_url = 'http://x.example' }.get '/x'",
     "app/agent.lua:4: http.client: write client:get(path), with a colon"},
    {"a function in a record", "ctx:trace('x', { f = print })",
     "trace.fields.f: a function, which JSON cannot hold"},
    {"a misspelt text for the history", "ctx.history:insert { role = 'user', txt = 'Hi.' }",
     "app/agent.lua:4: ctx.history:insert: item 1: a message needs its text, got nothing"},
    {"a number for the history", "ctx.history:replace { { role = 'user', text = 4 } }",
     "app/agent.lua:4: ctx.history:replace: item 1: a message needs its text, got a number"},
    {"a loop without end", "while true do end",
     "app/agent.lua:4: stopped: over 2000000 instructions without a wait"},
};

TEST(each_mistake_a_call_finds_is_in_the_log_with_its_line)
{
    for (size_t i = 0; i < sizeof(found_in_a_call) / sizeof(found_in_a_call[0]); i++) {
        struct mn_buf body = {0};
        struct world w;

        mn_buf_addf(&body,
                    "tools = { myna.tool { name = 't', description = 'D', execute = "
                    "function(args, ctx)\n%s\nend } }",
                    found_in_a_call[i].body);
        world_open(&w);
        world_tools(&w, body.p);
        assert_non_null(world_tool(&w, "t", "{}"));
        world_has(&w.logged, found_in_a_call[i].words);
        world_lacks(&w.results[1].text, "agent.lua");
        world_close(&w);
        mn_buf_free(&body);
    }
}
