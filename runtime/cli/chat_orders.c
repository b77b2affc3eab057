/* chat_orders.c - lines of a chat that are not for the agent: ":tools", ":state" and their kin. */
#include "base/err.h"
#include "base/nearest.h"
#include "cli/chat_parts.h"
#include "core/event_write.h"

#include <ctype.h>
#include <stdio.h>
#include <stdlib.h>

static const struct mn_app_spec *app_of(const struct chat *c)
{
    return mn_bundle_spec(mn_call_bundle(c->call));
}

static bool show_tools(struct chat *c, struct mn_str text)
{
    const struct mn_app_spec *app = app_of(c);
    const struct mn_agent_spec *agent = &app->agents[mn_session_agent(mn_call_session(c->call))];

    (void)text;
    for (int i = 0; i < agent->ntools; i++) {
        if (!agent->tools[i].unlisted)
            mn_chat_show(c, "tool", agent->tools[i].name);
    }
    return false;
}

static bool show_state(struct chat *c, struct mn_str text)
{
    struct mn_buf json = {0};

    (void)text;
    if (mn_call_state(c->call) != NULL && mn_state_dump(mn_call_state(c->call), &json) == 0)
        mn_chat_show(c, "state", mn_buf_str(&json));
    mn_buf_free(&json);
    return false;
}

static bool show_history(struct chat *c, struct mn_str text)
{
    struct mn_json *items = NULL;
    struct mn_buf json = {0}, line = {0};

    (void)text;
    if (mn_session_history(mn_call_session(c->call), 0, &json) == 0 &&
        mn_json_parse(&items, mn_buf_str(&json), &mn_json_frame, NULL) == 0) {
        for (const struct mn_json *i = mn_json_first(items); i != NULL; i = mn_json_next(i)) {
            mn_buf_clear(&line);
            if (mn_json_print(i, &line) == 0)
                mn_chat_show(c, "item", mn_buf_str(&line));
        }
    }
    mn_json_free(items);
    mn_buf_free(&json);
    mn_buf_free(&line);
    return false;
}

static bool say(struct chat *c, struct mn_str text)
{
    c->told_to = text.n > 0 && mn_call_order(c->call, "say", text) == 0;
    return c->told_to;
}

static bool barge(struct chat *c, struct mn_str text)
{
    c->barge_ms = text.n > 0 ? strtol(text.p, NULL, 10) : 0;
    if (c->barge_ms <= 0)
        mn_chat_show(c, "barge:", MN_STR("how many ms after the next answer begins? :barge 1500"));
    return false;
}

static bool is_typed(const struct mn_json *item)
{
    return mn_str_is(mn_json_str(item, "role"), "user");
}

/* The history as it was before the last n lines that were typed. */
static bool rewind_talk(struct chat *c, struct mn_str text)
{
    long n = text.n > 0 ? strtol(text.p, NULL, 10) : 1;
    struct mn_buf json = {0}, kept = {0};
    struct mn_json *items = NULL;
    struct mn_writer w = mn_writer(&kept);
    int typed = 0;

    if (mn_session_history(mn_call_session(c->call), 0, &json) != 0 ||
        mn_json_parse(&items, mn_buf_str(&json), &mn_json_frame, NULL) != 0)
        goto done;
    for (const struct mn_json *i = mn_json_first(items); i != NULL; i = mn_json_next(i))
        typed += is_typed(i);
    mn_write_open(&w, NULL, '[');
    for (const struct mn_json *i = mn_json_first(items); i != NULL; i = mn_json_next(i)) {
        if (is_typed(i) && typed-- <= n)
            break;
        mn_write_json(&w, NULL, i);
    }
    mn_write_close(&w);
    if (kept.err == 0 && mn_call_order(c->call, "history", mn_buf_str(&kept)) == 0)
        mn_chat_show(c, "rewound:", MN_STR("what came after is forgotten"));
done:
    mn_json_free(items);
    mn_buf_free(&json);
    mn_buf_free(&kept);
    return false;
}

static bool reload(struct chat *c, struct mn_str text)
{
    struct mn_buf why = {0};

    (void)text;
    if (mn_worker_reload(c->worker, &why) == 0)
        mn_chat_show(
            c, "reloaded:", MN_STR("this call takes the prompts; code and tools with the next"));
    else
        mn_chat_show(c, "not reloaded:", mn_buf_str(&why));
    mn_buf_free(&why);
    return false;
}

static bool evaluate(struct chat *c, struct mn_str text)
{
    struct mn_buf out = {0};

    if (mn_call_state(c->call) != NULL) {
        bool failed = mn_state_eval(mn_call_state(c->call), text, &out) != 0;

        mn_chat_show(c, failed ? "error" : "=", mn_buf_str(&out));
    }
    mn_buf_free(&out);
    return false;
}

static bool save(struct chat *c, struct mn_str text)
{
    char path[512];
    int err = text.n > 0 && text.n < sizeof(path) ? 0 : MN_ECONFIG;

    if (err == 0) {
        memcpy(path, text.p, text.n);
        path[text.n] = '\0';
        err = mn_chat_save(c, path);
    }
    mn_chat_show(c, err == 0 ? "saved:" : "not saved:",
                 err == 0            ? text
                 : err == MN_ECONFIG ? MN_STR("to which file? :save scenarios/talk.lua")
                                     : mn_str(mn_strerror(err)));
    return false;
}

static bool help(struct chat *c, struct mn_str text);

static const struct {
    const char *name, *does;
    bool (*run)(struct chat *c, struct mn_str text);
} orders[] = {
    {"tools", "what the agent can do", show_tools},
    {"state", "ctx.state", show_state},
    {"history", "what was said, as the model knows it", show_history},
    {"say", "WORDS: the agent says them", say},
    {"barge", "MS: cut in so long after the next answer begins", barge},
    {"rewind", "N: forget the last N lines and what came of them", rewind_talk},
    {"reload", "read the app again", reload},
    {"eval", "LUA: a line of it in the call, which knows ctx", evaluate},
    {"save", "FILE: the conversation as a scenario", save},
    {"help", "this", help},
};

#define ORDERS (sizeof(orders) / sizeof(orders[0]))

static bool help(struct chat *c, struct mn_str text)
{
    (void)text;
    for (size_t i = 0; i < ORDERS; i++) {
        struct mn_buf line = {0};

        mn_buf_addf(&line, "%-8s %s", orders[i].name, orders[i].does);
        mn_chat_show(c, ":", mn_buf_str(&line));
        mn_buf_free(&line);
    }
    return false;
}

static void tell_unknown(struct chat *c, struct mn_str name)
{
    const char *names[ORDERS + 1] = {NULL}, *guess;
    struct mn_buf line = {0};

    for (size_t i = 0; i < ORDERS; i++)
        names[i] = orders[i].name;
    guess = mn_nearest(name, names);
    mn_buf_addf(&line, "there is no :%.*s", MN_FMT(name));
    if (guess != NULL)
        mn_buf_addf(&line, " (did you mean :%s?)", guess);
    mn_chat_show(c, ":help", mn_buf_str(&line));
    mn_buf_free(&line);
}

bool mn_chat_order(struct chat *c, struct mn_str line)
{
    struct mn_str name = {line.p + 1, 0}, text;

    while (name.n + 1 < line.n && !isspace((unsigned char)name.p[name.n]))
        name.n++;
    text = (struct mn_str){name.p + name.n, line.n - 1 - name.n};
    while (text.n > 0 && isspace((unsigned char)*text.p)) {
        text.p++;
        text.n--;
    }
    for (size_t i = 0; i < ORDERS; i++) {
        if (mn_str_is(name, orders[i].name))
            return orders[i].run(c, text);
    }
    tell_unknown(c, name);
    return false;
}
