/* front_calls.c - the calls of an app on this worker, for its routes: listed, addressed, their
 * state told.
 *
 * An app sees its own calls only. A route runs inside a slice of Lua, so an order goes to the
 * call's session and is carried out from the clock. */
#include "base/err.h"
#include "call/front_parts.h"

static bool is_of(const struct mn_call *call, struct mn_str app)
{
    return mn_str_same(mn_bundle_spec(mn_call_bundle(call))->name, app);
}

static struct mn_call *find(struct mn_worker *w, struct mn_str app, struct mn_str id)
{
    struct mn_call *call = mn_worker_find_call(w, id);

    return call != NULL && is_of(call, app) ? call : NULL;
}

/* All of them, or the one of that id; an array. */
static int list(struct mn_worker *w, struct mn_str app, struct mn_str id, struct mn_buf *out)
{
    struct mn_list *calls = &w->calls;
    struct mn_writer to = mn_writer(out);

    mn_write_open(&to, NULL, '[');
    for (struct mn_list *l = calls->next; l != calls; l = l->next) {
        const struct mn_call *call = mn_call_at(l);

        if (!is_of(call, app) || (id.n > 0 && !mn_str_is(id, mn_call_id(call))))
            continue;
        mn_write_open(&to, NULL, '{');
        mn_call_describe(call, &to);
        mn_write_close(&to);
    }
    mn_write_close(&to);
    return out->err;
}

static int tell_state(struct mn_call *call, struct mn_buf *out)
{
    return mn_call_state(call) != NULL ? mn_state_dump(mn_call_state(call), out) : MN_ECLOSED;
}

int mn_front_calls_of(struct mn_worker *w, struct mn_str app, const char *word, struct mn_str id,
                      struct mn_str text, struct mn_buf *out)
{
    static const char *const orders[] = {"say",       "say_whole", "handoff",
                                         "interrupt", "hang_up",   NULL};
    struct mn_call *call;

    if (strcmp(word, "list") == 0)
        return list(w, app, id, out);
    call = find(w, app, id);
    if (call == NULL)
        return MN_ECLOSED;
    if (strcmp(word, "state") == 0)
        return tell_state(call, out);
    if (strcmp(word, "type") == 0)
        return mn_call_type(call, text);
    for (const char *const *order = orders; *order != NULL; order++) {
        if (strcmp(word, *order) == 0)
            return mn_call_order(call, word, text);
    }
    return MN_EABSENT;
}

int mn_front_calls(void *front, const char *word, struct mn_str id, struct mn_str text,
                   struct mn_buf *out)
{
    const struct mn_front *f = front;

    return mn_front_calls_of(f->worker, mn_bundle_spec(f->bundle)->name, word, id, text, out);
}
