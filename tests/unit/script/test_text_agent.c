/* test_text_agent.c - text agents: what is told when they are loaded, what the bundle keeps, what a
 * run asks and makes of the answer. */
#include "test.h"
#include "world.h"

#include "base/err.h"

static void refuse(struct world *w, const char *agent)
{
    world_open(w);
    world_file(w, "agent.lua", agent);
    assert_int_equal(world_load(w), MN_ESCRIPT);
}

TEST(a_text_agent_is_checked_when_it_is_loaded)
{
    struct world w;

    refuse(&w, "local myna = require 'myna'\n"
               "local t = myna.tool { name = 't', description = 'd', needs_approval = true,\n"
               "  execute = function() end }\n"
               "local a = myna.text_agent { name = 'A', tools = { t, t, 5 }, max_turn = 3 }\n"
               "local b = myna.text_agent { name = 'A', model = 'm', upstream = 'wss://x',\n"
               "  max_turns = 0, output = { x = 'a string' } }\n"
               "local c = a:as_tool { nam = 'ask', description = 'd', history = 'some',\n"
               "  input = 5, execute = function() end }\n"
               "return myna.agent { name = 'V', tools = { c } }\n");
    world_has(&w.why, "app/agent.lua:4: text agent 'A': unknown field 'max_turn' (did you mean "
                      "'max_turns'?)");
    world_has(&w.why, "app/agent.lua:4: text agent 'A': 'model' is missing");
    world_has(&w.why, "text agent 'A': tool 't' needs_approval, which a text agent's tools cannot");
    world_has(&w.why, "text agent 'A': two tools are named 't'");
    world_has(&w.why, "text agent 'A': tools: expected a tool, got a number");
    world_has(&w.why, "app/agent.lua:5: text agent 'A': upstream: expected \"sim\", \"openai\" or "
                      "http(s)://");
    world_has(&w.why, "text agent 'A': max_turns: expected a whole number from 1");
    world_has(&w.why, "text agent 'A': output.x: expected a schema such as");
    world_has(&w.why, "two text agents are named 'A'");
    world_has(&w.why, "text agent 'A': as_tool: history: expected \"all\", \"none\"");
    world_has(&w.why, "text agent 'A': as_tool: input: expected a function");
    world_has(&w.why, "text agent 'A': as_tool: execute: the agent is what it runs");
    world_has(&w.why, "tool: unknown field 'nam' (did you mean 'name'?)");
    world_close(&w);
}

TEST(a_text_agent_is_no_agent_and_belongs_to_the_top_of_a_file)
{
    struct world w;

    refuse(&w, "local myna = require 'myna'\n"
               "local a = myna.text_agent { name = 'A', model = 'm' }\n"
               "a:run('x')\n"
               "return myna.agent { name = 'V', handoffs = { a } }\n");
    world_has(&w.why, "app/agent.lua:3: a text agent cannot be asked while a file is loading");
    world_close(&w);
    world_open(&w);
    world_tools(&w, "local tools = { myna.tool { name = 'make', description = 'd',\n"
                    "  execute = function() myna.text_agent { name = 'A', model = 'm' } end } }\n");
    world_tool(&w, "make", "{}");
    world_has(&w.logged, "myna.text_agent is for the top of a file, not inside a function");
    world_close(&w);
}

#define DESK                                                                                       \
    "local s = myna.schema\n"                                                                      \
    "local add = myna.tool { name = 'add', description = 'Add.', timeout = '2s',\n"                \
    "  parameters = { n = s.integer 'One' }, execute = function(args) return args.n + 1 end }\n"   \
    "local desk = myna.text_agent { name = 'Desk', model = 'gpt', instructions = 'Add up.',\n"     \
    "  tools = { add }, upstream = 'http://desk.test/v1' }\n"                                      \
    "local tools = { desk:as_tool { name = 'ask', description = 'd', history = 'none' },\n"        \
    "  myna.tool { name = 'run', description = 'd', execute = function(_, ctx)\n"                  \
    "    local text, err = desk:run('How much?', ctx)\n"                                           \
    "    return text or err.code .. ' ' .. tostring(err.status) .. ': ' .. err.message end } }\n"

TEST(the_tree_shows_text_agents_and_who_asks_them)
{
    struct world w;
    struct mn_buf tree = {0};

    world_open(&w);
    world_tools(&w, DESK);
    assert_int_equal(mn_bundle_tree(w.bundle, &tree), 0);
    world_has(&tree, "    ask  d  (asks Desk)\n");
    world_has(&tree, "  Desk, a text agent (gpt)\n    add  Add.\n");
    assert_true(mn_str_is(mn_bundle_text_tool(w.bundle, 0)->name, "add"));
    assert_null(mn_bundle_text_tool(w.bundle, 1));
    mn_buf_free(&tree);
    world_close(&w);
}

TEST(a_run_asks_the_api_and_runs_what_it_calls)
{
    struct world w;

    world_open(&w);
    world_tools(&w, DESK);
    assert_null(world_tool(&w, "ask", "{\"input\":\"How much?\"}"));
    assert_string_equal(w.asks[0].url, "/responses");
    assert_string_equal(w.asks[0].method, "POST");
    assert_string_equal(w.asks[0].upstream, "http://desk.test/v1");
    assert_string_equal(w.asks[0].body,
                        "{\"model\":\"gpt\",\"store\":false,\"input\":[{\"content\":\"How "
                        "much?\",\"role\":\"user\"}],\"instructions\":\"Add up.\",\"tools\":[{"
                        "\"type\":\"function\",\"name\":\"add\",\"description\":\"Add.\","
                        "\"parameters\":{\"type\":\"object\",\"properties\":{\"n\":{\"type\":"
                        "\"integer\",\"description\":\"One\"}},\"required\":[\"n\"],"
                        "\"additionalProperties\":false}}]}");
    assert_true(strstr(w.asks[0].headers, "uthorization") == NULL);
    world_answer(&w, 0, 200,
                 "{\"status\":\"completed\",\"output\":[{\"type\":\"reasoning\"},"
                 "{\"type\":\"function_call\",\"call_id\":\"c1\",\"name\":\"add\","
                 "\"arguments\":\"{\\\"n\\\":1}\"}]}");
    world_advance(&w, 0);
    assert_non_null(strstr(w.asks[1].body, "\"call_id\":\"c1\",\"output\":\"2\","));
    world_answer(&w, 1, 200,
                 "{\"status\":\"completed\",\"output\":[{\"type\":\"message\",\"content\":"
                 "[{\"type\":\"output_text\",\"text\":\"Two.\"}]}]}");
    world_advance(&w, 0);
    assert_string_equal(world_text(&w.results[1].text), "Two.");
    world_close(&w);
}

TEST(tools_a_function_gives_are_checked_at_load)
{
    struct world w;

    refuse(&w, "local myna = require 'myna'\n"
               "myna.text_agent { name = 'A', model = 'm', tools = function() return 5 end }\n"
               "myna.text_agent { name = 'B', model = 'm',\n"
               "  tools = function() return { { 7 }, myna.tool { name = 't' } } end }\n"
               "return myna.agent { name = 'Mira' }");
    world_has(&w.why, "app/agent.lua:2: text agent 'A': tools: the function gives a number, not a "
                      "list");
    world_has(&w.why, "text agent 'B': tools: expected a tool, got a number");
    world_has(&w.why, "app/agent.lua:4: tool 't': 'description' is missing");
    world_close(&w);
}

#define LATER                                                                                      \
    "local opened = 0\n"                                                                           \
    "local add = function() return myna.tool { name = 'add', description = 'Add.',\n"              \
    "  parameters = { n = myna.schema.integer 'One' },\n"                                          \
    "  execute = function(args) return args.n + 1 end } end\n"                                     \
    "local desk = myna.text_agent { name = 'Desk', model = 'gpt', tools = function()\n"            \
    "  opened = opened + 1 return { { add() } } end }\n"                                           \
    "local tools = { desk:as_tool { name = 'ask', description = 'd', history = 'none' },\n"        \
    "  myna.tool { name = 'opened', description = 'd', execute = function()\n"                     \
    "    return opened end } }\n"

/* Twice, since the second run finds them as the first left them. */
TEST(tools_a_function_gives_are_opened_when_first_asked)
{
    struct world w;

    world_open(&w);
    world_tools(&w, LATER);
    assert_true(mn_str_is(mn_bundle_text_tool(w.bundle, 0)->name, "add"));
    assert_string_equal(world_tool(&w, "opened", "{}"), "0");
    for (int i = 0; i < 2; i++) {
        assert_null(world_tool(&w, "ask", "{\"input\":\"How much?\"}"));
        assert_non_null(strstr(w.asks[2 * i].body, "\"name\":\"add\""));
        world_answer(&w, 2 * i, 200,
                     "{\"status\":\"completed\",\"output\":[{\"type\":\"function_call\","
                     "\"call_id\":\"c1\",\"name\":\"add\",\"arguments\":\"{\\\"n\\\":1}\"}]}");
        world_advance(&w, 0);
        assert_non_null(strstr(w.asks[2 * i + 1].body, "\"call_id\":\"c1\",\"output\":\"2\","));
        world_answer(&w, 2 * i + 1, 200,
                     "{\"status\":\"completed\",\"output\":[{\"type\":\"message\",\"content\":"
                     "[{\"type\":\"output_text\",\"text\":\"Two.\"}]}]}");
        world_advance(&w, 0);
        assert_string_equal(world_tool(&w, "opened", "{}"), "1");
    }
    world_close(&w);
}

TEST(what_a_run_is_given_is_checked)
{
    struct world w;

    world_open(&w);
    world_tools(&w, DESK "tools[3] = myna.tool { name = 'misspelt', description = 'd', execute = "
                         "function(_, ctx) desk:run('x', ctx, { on_txt = print }) end }\n"
                         "local data = myna.text_agent { name = 'Data', model = 'm', output = { n "
                         "= s.integer() } }\n"
                         "tools[4] = myna.tool { name = 'data', description = 'd', execute = "
                         "function(_, ctx) data:run('x', ctx, { on_text = print }) end }\n"
                         "tools[5] = myna.tool { name = 'dot', description = 'd', execute = "
                         "function(_, ctx) desk.run('x', ctx) end }\n");
    assert_non_null(world_tool(&w, "misspelt", "{}"));
    world_has(&w.logged,
              "text agent 'Desk': run: unknown field 'on_txt' (did you mean 'on_text'?)");
    assert_non_null(world_tool(&w, "data", "{}"));
    world_has(&w.logged, "text agent 'Data': run: on_text: an agent with an output gives data");
    assert_non_null(world_tool(&w, "dot", "{}"));
    world_has(&w.logged, "a text agent is asked as office:run(input, ctx), with a colon");
    world_close(&w);
}

/* What a run says of an answer. */
static void answered(int status, const char *body, const char *said)
{
    struct world w;

    world_open(&w);
    world_tools(&w, DESK);
    assert_null(world_tool(&w, "run", "{}"));
    world_answer(&w, 0, status, body);
    world_advance(&w, 0);
    assert_string_equal(world_text(&w.results[1].text), said);
    world_close(&w);
}

TEST(a_run_that_fails_says_why_and_never_shows_a_key)
{
    answered(401, "{\"error\":{\"message\":\"Incorrect API key: sk-secret\"}}",
             "status 401: the key was refused");
    answered(400, "{\"error\":{\"message\":\"No such model\"}}", "status 400: No such model");
    answered(400, "not json", "status 400: not json");
    answered(200, "not json", "response nil: the answer is no response of the API");
    answered(200, "{\"output\":5}", "response nil: the answer is no response of the API");
    answered(200, "{\"status\":\"completed\",\"output\":[]}", "response nil: the answer is empty");
    answered(200,
             "{\"status\":\"incomplete\",\"output\":[],\"incomplete_details\":{\"reason\":"
             "\"max_output_tokens\"}}",
             "incomplete nil: max_output_tokens");
    answered(200, "{\"status\":\"failed\",\"output\":[],\"error\":{\"message\":\"server broke\"}}",
             "failed nil: server broke");
    answered(200,
             "{\"status\":\"completed\",\"output\":[{\"type\":\"message\",\"content\":"
             "[{\"type\":\"refusal\",\"refusal\":\"I will not.\"}]}]}",
             "refusal nil: I will not.");
}

TEST(an_answer_that_is_not_as_it_should_be_is_an_error_and_not_a_crash)
{
    answered(200, "{\"status\":\"completed\",\"output\":[5,{\"type\":\"message\"}]}",
             "response nil: the answer is empty");
    answered(200,
             "{\"status\":\"completed\",\"output\":[{\"type\":\"message\",\"content\":[7,"
             "{\"type\":\"output_text\",\"text\":8}]}],\"usage\":{\"total_tokens\":\"x\"}}",
             "response nil: the answer is empty");
    answered(200, "{\"status\":\"completed\",\"output\":[{\"type\":\"function_call\",\"name\":5}]}",
             "response nil: a call without its name, call_id or arguments");
}
