/* arbiter.c - the line for the floor behind arbiter.h. */
#include "core/arbiter.h"

#include "base/err.h"

#include <stdlib.h>

void mn_arbiter_init(struct mn_arbiter *a)
{
    *a = (struct mn_arbiter){.floor = MN_FLOOR_FREE};
    mn_list_init(&a->waiting);
}

struct mn_request *mn_request_new(bool automatic, struct mn_str params)
{
    struct mn_request *r = calloc(1, sizeof(*r));

    if (r == NULL)
        return NULL;
    mn_list_init(&r->link);
    r->automatic = automatic;
    if (params.n > 0 && mn_buf_add_str(&r->params, params) != 0) {
        mn_request_free(r);
        return NULL;
    }
    return r;
}

void mn_request_free(struct mn_request *r)
{
    if (r == NULL)
        return;
    mn_list_remove(&r->link);
    mn_buf_free(&r->params);
    mn_buf_free(&r->caller_event);
    if (r->play != NULL) {
        mn_buf_free(&r->play->path);
        mn_buf_free(&r->play->words);
    }
    free(r->play);
    free(r);
}

static struct mn_request *first(const struct mn_arbiter *a)
{
    return mn_list_empty(&a->waiting) ? NULL
                                      : mn_container_of(a->waiting.next, struct mn_request, link);
}

static struct mn_request *waiting_automatic(struct mn_arbiter *a)
{
    for (struct mn_list *l = a->waiting.next; l != &a->waiting; l = l->next) {
        struct mn_request *r = mn_container_of(l, struct mn_request, link);

        if (r->automatic)
            return r;
    }
    return NULL;
}

static struct mn_request *leave_line(struct mn_arbiter *a, struct mn_request *r)
{
    mn_list_remove(&r->link);
    a->nwaiting--;
    return r;
}

static void forget_asked(struct mn_arbiter *a)
{
    mn_request_free(a->asked);
    a->asked = NULL;
}

static void set_free(struct mn_arbiter *a)
{
    a->floor = MN_FLOOR_FREE;
    a->response_id[0] = '\0';
    forget_asked(a);
}

static void stand_first(struct mn_arbiter *a, struct mn_request *r)
{
    mn_list_append(a->waiting.next, &r->link); /* before the first */
    a->nwaiting++;
}

void mn_arbiter_free(struct mn_arbiter *a)
{
    while (first(a) != NULL)
        mn_request_free(first(a));
    forget_asked(a);
}

/* The later item comes behind the earlier in the conversation, so waiting for it is enough. What
 * was asked for anew has its tries before it. */
static void merge(struct mn_request *waits, struct mn_request *r)
{
    if (r->after_item[0] != '\0') {
        memcpy(waits->after_item, r->after_item, MN_ID_MAX);
        waits->acked = r->acked;
    }
    waits->again = waits->again && r->again;
    waits->retried = waits->retried && r->retried;
    mn_request_free(r);
}

/* What was asked stands at the head of the line again; with it an automatic one that was asked for
 * since, for one answer serves both. */
static void ask_again(struct mn_arbiter *a)
{
    struct mn_request *r = a->asked, *later = r->automatic ? waiting_automatic(a) : NULL;

    a->asked = NULL;
    if (later != NULL)
        merge(r, leave_line(a, later));
    stand_first(a, r);
}

int mn_arbiter_ask(struct mn_arbiter *a, struct mn_request *r)
{
    struct mn_request *merged = r->automatic ? waiting_automatic(a) : NULL;

    if (merged != NULL) {
        merge(merged, r);
        return 0;
    }
    if (a->nwaiting == MN_REQUESTS_MAX) {
        mn_request_free(r);
        return MN_EFULL;
    }
    mn_list_append(&a->waiting, &r->link);
    a->nwaiting++;
    return 0;
}

struct mn_request *mn_arbiter_next(struct mn_arbiter *a)
{
    if (a->floor != MN_FLOOR_FREE || first(a) == NULL || first(a)->play != NULL)
        return NULL;
    forget_asked(a);
    a->asked = leave_line(a, first(a));
    a->floor = MN_FLOOR_ASKED;
    a->response_id[0] = '\0';
    return a->asked;
}

struct mn_request *mn_arbiter_play(const struct mn_arbiter *a)
{
    struct mn_request *r = a->floor == MN_FLOOR_FREE ? first(a) : NULL;

    return r != NULL && r->play != NULL ? r : NULL;
}

void mn_arbiter_take(struct mn_arbiter *a, struct mn_request *r)
{
    leave_line(a, r);
}

void mn_arbiter_created(struct mn_arbiter *a, struct mn_str response_id)
{
    struct mn_request *r = waiting_automatic(a);

    mn_id_copy(a->response_id, response_id);
    if (a->floor == MN_FLOOR_CANCELLING)
        return; /* cancelled between our request and its beginning */
    if (a->floor != MN_FLOOR_ASKED && r != NULL && (r->acked || r->after_item[0] == '\0'))
        mn_request_free(leave_line(a, r));
    a->floor = MN_FLOOR_TAKEN;
}

static bool in_flight(const struct mn_arbiter *a, struct mn_str response_id)
{
    if (a->floor == MN_FLOOR_FREE)
        return false; /* told twice, or of before */
    if (a->response_id[0] != '\0')
        return mn_str_is(response_id, a->response_id);
    return a->asked == NULL; /* that of a request begins before it ends */
}

bool mn_arbiter_done(struct mn_arbiter *a, struct mn_str response_id)
{
    if (!in_flight(a, response_id))
        return false;
    set_free(a);
    return true;
}

bool mn_arbiter_failed(struct mn_arbiter *a, struct mn_str response_id)
{
    if (!in_flight(a, response_id) || a->floor != MN_FLOOR_TAKEN)
        return false;
    if (a->asked == NULL)
        a->asked = mn_request_new(true, (struct mn_str){0});
    if (a->asked == NULL || a->asked->retried)
        return false;
    a->asked->retried = true;
    a->asked->again = false;
    ask_again(a);
    return true;
}

bool mn_arbiter_cancel(struct mn_arbiter *a)
{
    if (a->floor != MN_FLOOR_ASKED && a->floor != MN_FLOOR_TAKEN)
        return false;
    a->floor = MN_FLOOR_CANCELLING;
    return true;
}

void mn_arbiter_rejected(struct mn_arbiter *a)
{
    if (a->asked == NULL)
        return;
    if (a->asked->again)
        forget_asked(a);
    else
        ask_again(a);
    if (a->floor == MN_FLOOR_ASKED)
        a->floor = MN_FLOOR_TAKEN; /* by a response whose beginning we have not seen */
}

bool mn_arbiter_unanswered(struct mn_arbiter *a)
{
    bool again = a->floor == MN_FLOOR_ASKED && a->asked != NULL && !a->asked->again;

    if (again) {
        a->asked->again = true;
        ask_again(a);
    }
    set_free(a);
    return again;
}

bool mn_arbiter_lost(struct mn_arbiter *a, bool again)
{
    bool going = a->floor == MN_FLOOR_ASKED || a->floor == MN_FLOOR_TAKEN;
    bool own = going && again && a->asked == NULL;

    if (going && again && a->asked != NULL) {
        a->asked->again = false;
        ask_again(a);
    }
    set_free(a);
    return own;
}

struct mn_request *mn_arbiter_refused(struct mn_arbiter *a, struct mn_str event_id)
{
    struct mn_request *r = a->asked;

    if (r == NULL || event_id.n == 0 || !mn_str_is(event_id, r->event_id))
        return NULL;
    a->asked = NULL;
    if (a->floor == MN_FLOOR_ASKED || a->response_id[0] == '\0')
        a->floor = MN_FLOOR_FREE;
    return r;
}

void mn_arbiter_not_active(struct mn_arbiter *a, struct mn_str event_id)
{
    bool ours = event_id.n == 0 || mn_str_is(event_id, a->cancel_id);

    if (a->floor == MN_FLOOR_CANCELLING && ours)
        set_free(a);
}

void mn_arbiter_forget_callers(struct mn_arbiter *a)
{
    for (struct mn_list *l = a->waiting.next, *next; l != &a->waiting; l = next) {
        struct mn_request *r = mn_container_of(l, struct mn_request, link);

        next = l->next;
        if (r->of_caller)
            mn_request_free(leave_line(a, r));
    }
}

void mn_arbiter_acked(struct mn_arbiter *a, struct mn_str item_id)
{
    struct mn_request *r = waiting_automatic(a);

    if (r != NULL && r->after_item[0] != '\0' && mn_str_is(item_id, r->after_item))
        r->acked = true;
}

bool mn_arbiter_busy(const struct mn_arbiter *a)
{
    return a->floor != MN_FLOOR_FREE || a->nwaiting > 0;
}
