/* operate_master.c - orders that the master carries out: an operator waits until every worker has,
 * or until it is known why not. */
#include "call/operate.h"
#include "call/words_of_master.h"

#include <errno.h>
#include <stdlib.h>

struct want {
    struct mn_list place; /* in the worker's, while it waits */
    struct mn_operating o;
    int64_t ticket;
};

static void forget(struct want *want)
{
    mn_list_remove(&want->place);
    free(want);
}

static void on_gone(void *want, struct mn_exchange *x)
{
    (void)x;
    forget(want);
}

void mn_operate_ask_master(const struct mn_operating *o, int word)
{
    struct mn_under *u = o->w->under;
    struct want *want = calloc(1, sizeof(*want));

    if (want == NULL) {
        mn_exchange_refuse(o->x, 500, NULL, NULL, "Out of memory.");
        return;
    }
    *want = (struct want){.o = {.w = o->w, .x = o->x, .op = o->op}, .ticket = ++u->tickets};
    mn_list_append(&u->wants, &want->place);
    mn_exchange_on_gone(o->x, on_gone, want);
    mn_under_want(o->w, word, want->ticket);
}

static void answer(const struct mn_operating *o, int word, struct mn_str text)
{
    struct mn_buf why = {0};

    switch (word) {
    case MN_WORD_DONE:
        mn_operate_status(o);
        break;
    case MN_WORD_FAILED:
        mn_buf_add_str(&why, text);
        mn_operate_unloaded(o, &why);
        break;
    case MN_WORD_NOTHING:
        mn_operate_nothing_before(o);
        break;
    default:
        mn_exchange_refuse_for(o->x, 409, "not_now",
                               "Another reload is under way, or the server is about to end.", 1);
        break;
    }
    mn_buf_free(&why);
}

void mn_operate_heard(struct mn_worker *w, int word, int64_t ticket, struct mn_str text)
{
    for (struct mn_list *l = w->under->wants.next; l != &w->under->wants; l = l->next) {
        struct want *want = mn_container_of(l, struct want, place);
        struct mn_operating o = want->o;

        if (want->ticket != ticket)
            continue;
        forget(want);
        answer(&o, word, text);
        return;
    }
}
