/* front_calls.c - the calls of an app, for its routes: listed, addressed, their state asked for.
 *
 * An app sees its own calls only. A route runs inside a slice of Lua, so an order goes to the
 * call's session and is carried out from the clock, and a state is looked at from there, too. */
#include "base/err.h"
#include "call/front_parts.h"

#include <errno.h>
#include <stdlib.h>

static bool is_ours(const struct mn_front *f, const struct mn_call *call)
{
    return mn_str_same(mn_bundle_spec(mn_call_bundle(call))->name, mn_bundle_spec(f->bundle)->name);
}

static struct mn_call *find(const struct mn_front *f, struct mn_str id)
{
    struct mn_list *calls = &f->worker->calls;

    for (struct mn_list *l = calls->next; l != calls; l = l->next) {
        if (mn_str_is(id, mn_call_id(mn_call_at(l))) && is_ours(f, mn_call_at(l)))
            return mn_call_at(l);
    }
    return NULL;
}

/* All of them, or the one of that id; an array. */
static int list(const struct mn_front *f, struct mn_str id, struct mn_buf *out)
{
    struct mn_list *calls = &f->worker->calls;
    struct mn_writer w = mn_writer(out);

    mn_write_open(&w, NULL, '[');
    for (struct mn_list *l = calls->next; l != calls; l = l->next) {
        const struct mn_call *call = mn_call_at(l);

        if (!is_ours(f, call) || (id.n > 0 && !mn_str_is(id, mn_call_id(call))))
            continue;
        mn_write_open(&w, NULL, '{');
        mn_call_describe(call, &w);
        mn_write_close(&w);
    }
    mn_write_close(&w);
    return out->err;
}

int mn_front_calls(void *front, const char *word, struct mn_str id, struct mn_str text,
                   struct mn_buf *out)
{
    static const char *const orders[] = {"say",       "say_whole", "handoff",
                                         "interrupt", "hang_up",   NULL};
    const struct mn_front *f = front;
    struct mn_call *call;

    if (strcmp(word, "list") == 0)
        return list(f, id, out);
    call = find(f, id);
    if (call == NULL)
        return MN_ECLOSED;
    if (strcmp(word, "type") == 0)
        return mn_call_type(call, text);
    for (const char *const *order = orders; *order != NULL; order++) {
        if (strcmp(word, *order) == 0)
            return mn_call_order(call, word, text);
    }
    return MN_EABSENT;
}

/* --- a call's state --- */

struct state_ask {
    struct mn_timer timer;
    struct mn_front *front;
    char id[MN_ID_MAX];
    mn_keep_done *done;
    void *owner;
};

static void on_turn(struct mn_timer *timer)
{
    struct state_ask *a = mn_container_of(timer, struct state_ask, timer);
    struct mn_call *call = find(a->front, mn_str(a->id));
    struct mn_buf json = {0};
    int err = MN_ECLOSED;

    if (call != NULL && mn_call_state(call) != NULL)
        err = mn_state_dump(mn_call_state(call), &json);
    a->done(a->owner, err, mn_buf_str(&json));
    mn_buf_free(&json);
    free(a);
}

int mn_front_call_state(void *front, struct mn_str id, mn_keep_done *done, void *owner, void **op)
{
    struct state_ask *a = calloc(1, sizeof(*a));
    struct mn_front *f = front;

    if (a == NULL)
        return -ENOMEM;
    *a = (struct state_ask){.front = f, .done = done, .owner = owner};
    if (!mn_id_copy(a->id, id) ||
        mn_timer_start(f->worker->world.clock, &a->timer, 0, on_turn) != 0) {
        free(a);
        return MN_ECLOSED;
    }
    *op = a;
    return 0;
}

void mn_front_call_state_cancel(void *front, void *op)
{
    struct state_ask *a = op;

    (void)front;
    mn_timer_stop(&a->timer);
    free(a);
}
