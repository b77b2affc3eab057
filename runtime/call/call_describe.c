/* call_describe.c - a call as those outside of it see it, and what they may say in it. */
#include "call/call_parts.h"

#include "base/err.h"

void mn_call_describe(const struct mn_call *c, struct mn_writer *w)
{
    const struct mn_app_spec *app = mn_bundle_spec(c->bundle);
    int64_t now_ms = mn_clock_now(c->world->clock);

    mn_write_text(w, "id", c->id);
    mn_write_text(w, "object", "myna.call");
    mn_write_str(w, "app", app->name);
    mn_write_str(w, "agent", app->agents[mn_session_agent(c->session)].name);
    mn_write_text(w, "status", c->ending ? "ending" : c->away.gone ? "away" : "open");
    mn_write_int(w, "started_at", c->began_wall_ms / 1000);
    mn_write_num(w, "seconds", (double)(now_ms - c->began_ms) / 1000);
    mn_write_text(w, "peer", c->peer);
    mn_write_int(w, "number", (int64_t)c->number);
    mn_write_open(w, "approvals", '[');
    mn_session_approvals(c->session, w);
    mn_write_close(w);
}

static void feed(void *call, const struct mn_event *ev)
{
    struct mn_call *c = call;

    mn_call_fed(c,
                mn_session_feed(c->session, &(struct mn_input){.type = MN_IN_CALLER, .event = ev},
                                mn_clock_now(c->world->clock)));
    mn_call_pump_soon(c); /* a route that asks for it is inside a slice */
}

/* GA, whatever the caller speaks. */
static int feed_json(struct mn_call *c, struct mn_str json)
{
    struct mn_fault fault;

    return mn_dialect_read(json, MN_FROM_CLIENT, MN_GA, &c->world->limits->frame, feed, c, &fault);
}

int mn_call_type(struct mn_call *c, struct mn_str text)
{
    struct mn_buf json = {0};
    struct mn_writer w = mn_writer(&json);
    int err;

    if (c->ending)
        return MN_ECLOSED;
    mn_write_open(&w, NULL, '{');
    mn_write_text(&w, "type", "conversation.item.create");
    mn_write_open(&w, "item", '{');
    mn_write_text(&w, "type", "message");
    mn_write_text(&w, "role", "user");
    mn_write_open(&w, "content", '[');
    mn_write_open(&w, NULL, '{');
    mn_write_text(&w, "type", "input_text");
    mn_write_str(&w, "text", text);
    for (int open = 4; open > 0; open--)
        mn_write_close(&w);
    err = json.err != 0 ? json.err : feed_json(c, mn_buf_str(&json));
    mn_buf_free(&json);
    return err == 0 ? feed_json(c, MN_STR("{\"type\":\"response.create\"}")) : err;
}
