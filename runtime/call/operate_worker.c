/* operate_worker.c - what an operator may do with the server as a whole. */
#include "call/operate.h"

#include "base/err.h"
#include "base/json_write.h"
#include "call/words_of_master.h"

static void write_apps(const struct mn_worker *w, struct mn_writer *out)
{
    mn_write_open(out, "apps", '[');
    for (int i = 0; i < w->apps.n; i++)
        mn_write_str(out, NULL, mn_bundle_spec(w->apps.list[i])->name);
    mn_write_close(out);
}

void mn_operate_status(const struct mn_operating *o)
{
    const struct mn_worker *w = o->w;
    struct mn_buf json = {0};
    struct mn_writer out = mn_writer(&json);

    mn_write_open(&out, NULL, '{');
    mn_write_text(&out, "object", "myna.status");
    mn_write_text(&out, "version", MN_VERSION);
    mn_write_bool(&out, "ready", mn_worker_is_ready(w));
    mn_write_bool(&out, "draining", w->draining || w->leaving != MN_STAYS);
    mn_write_int(&out, "generation", w->generation);
    mn_write_bool(&out, "stale", w->stale);
    mn_write_bool(&out, "can_roll_back",
                  w->under != NULL ? w->under->can_roll_back : w->before.n > 0);
    mn_write_int(&out, "calls", mn_page_calls(w->page));
    mn_write_int(&out, "max_calls", w->settings->max_calls);
    write_apps(w, &out);
    mn_write_close(&out);
    mn_operate_reply(o->x, 200, &json);
}

/* why: every mistake, a line each; it says what the operator has to mend. */
void mn_operate_unloaded(const struct mn_operating *o, struct mn_buf *why)
{
    while (why->n > 0 && why->p[why->n - 1] == '\n')
        why->p[--why->n] = '\0';
    mn_exchange_refuse(o->x, 422, NULL, "load_failed",
                       why->err == 0 && why->n > 0 ? why->p : "The apps did not load.");
}

void mn_operate_reload(const struct mn_operating *o)
{
    struct mn_buf why = {0};

    if (o->w->under != NULL)
        mn_operate_ask_master(o, MN_WORD_WANT_RELOAD);
    else if (mn_worker_reload(o->w, &why) == 0)
        mn_operate_status(o);
    else
        mn_operate_unloaded(o, &why);
    mn_buf_free(&why);
}

void mn_operate_nothing_before(const struct mn_operating *o)
{
    mn_exchange_refuse(o->x, 409, NULL, "nothing_before",
                       "There is no generation before this one: nothing was reloaded since the "
                       "start or the last rollback.");
}

void mn_operate_rollback(const struct mn_operating *o)
{
    struct mn_buf why = {0};
    int err;

    if (o->w->under != NULL) {
        mn_operate_ask_master(o, MN_WORD_WANT_ROLLBACK);
        return;
    }
    err = mn_worker_rollback(o->w, &why);
    if (err == 0)
        mn_operate_status(o);
    else if (err == MN_EABSENT)
        mn_operate_nothing_before(o);
    else
        mn_operate_unloaded(o, &why);
    mn_buf_free(&why);
}

static void drain(const struct mn_operating *o, bool on)
{
    if (o->w->under != NULL) {
        mn_operate_ask_master(o, on ? MN_WORD_WANT_DRAIN : MN_WORD_WANT_RESUME);
        return;
    }
    mn_worker_set_draining(o->w, on);
    mn_operate_status(o);
}

void mn_operate_drain(const struct mn_operating *o)
{
    drain(o, true);
}

void mn_operate_resume(const struct mn_operating *o)
{
    if (o->w->leaving != MN_STAYS) {
        mn_exchange_refuse(o->x, 409, NULL, "leaving", "The server is about to end.");
        return;
    }
    drain(o, false);
}

void mn_operate_logs(const struct mn_operating *o)
{
    struct mn_follow_lines wanted = {.call = mn_exchange_query(o->x, "call"),
                                     .stay = mn_str_is(mn_exchange_query(o->x, "follow"), "true")};

    if (!mn_operate_number(o->x, "tail", 0, 10000, 100, &wanted.tail))
        return;
    if (wanted.call.n >= MN_ID_MAX)
        mn_exchange_refuse_field(o->x, 422, "invalid_value", "call", "No call has so long an id.");
    else
        mn_followers_add_lines(o->w, o->x, &wanted);
}
