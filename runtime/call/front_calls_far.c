/* front_calls_far.c - the calls of an app on whichever worker, for its routes: what is asked waits.
 *
 * A call's id names its worker (owner.h). What is this one's own is looked at from the clock, since
 * a call's Lua is never entered from another's. */
#include "base/err.h"
#include "call/front.h"
#include "call/front_parts.h"
#include "call/pages.h"

#include <errno.h>
#include <stdio.h>
#include <stdlib.h>

#define LISTED 1000 /* calls of one other worker; as operate_calls.c answers at most */

struct call_ask {
    struct mn_timer timer;   /* of this worker; or */
    struct mn_http_op *http; /* of another; or of all: */
    bool all;
    struct mn_pages pages;
    struct mn_front *front;
    char word[16], id[MN_ID_MAX];
    mn_keep_done *done; /* NULL: nobody waits any more */
    void *owner;
};

static struct mn_str app_of(const struct mn_front *f)
{
    return mn_bundle_spec(f->bundle)->name;
}

/* --- of this worker --- */

static void on_turn(struct mn_timer *timer)
{
    struct call_ask *a = mn_container_of(timer, struct call_ask, timer);
    struct mn_buf json = {0};
    int err = mn_front_calls_of(a->front->worker, app_of(a->front), a->word, mn_str(a->id),
                                MN_STR(""), &json);

    a->done(a->owner, err, mn_buf_str(&json));
    mn_buf_free(&json);
    free(a);
}

/* --- of another --- */

static void on_answer(void *ask, const struct mn_http_answer *answer)
{
    struct call_ask *a = ask;
    struct mn_json *json = NULL;

    if (answer->status == 200 && mn_json_parse(&json, answer->body, &mn_json_frame, NULL) == 0)
        a->done(a->owner, (int)mn_json_int(json, "err", MN_EPROTOCOL), mn_json_str(json, "text"));
    else
        a->done(a->owner, MN_ECLOSED, MN_STR("")); /* with its worker */
    mn_json_free(json);
    free(a);
}

static int ask_one(struct call_ask *a, int number, struct mn_str text)
{
    struct mn_buf body = {0};
    struct mn_writer w = mn_writer(&body);
    int err;

    mn_write_open(&w, NULL, '{');
    mn_write_str(&w, "app", app_of(a->front));
    mn_write_text(&w, "word", a->word);
    mn_write_text(&w, "id", a->id);
    mn_write_str(&w, "text", text);
    mn_write_close(&w);
    err = body.err != 0 ? body.err
                        : mn_owner_post(a->front->worker, number, MN_CALLS_INSIDE,
                                        mn_buf_str(&body), on_answer, a, &a->http);
    mn_buf_free(&body);
    return err;
}

static void answer_inside(struct mn_worker *w, struct mn_exchange *x, const struct mn_json *ask)
{
    struct mn_str word = mn_json_str(ask, "word");
    struct mn_buf text = {0}, json = {0};
    struct mn_writer out = mn_writer(&json);
    int err = MN_EPROTOCOL;

    if (word.n > 0) /* ended by a NUL, as all of a tree's */
        err = mn_front_calls_of(w, mn_json_str(ask, "app"), word.p, mn_json_str(ask, "id"),
                                mn_json_str(ask, "text"), &text);
    mn_write_open(&out, NULL, '{');
    mn_write_int(&out, "err", err);
    mn_write_str(&out, "text", mn_buf_str(&text));
    mn_write_close(&out);
    mn_worker_reply_json(x, &json);
    mn_buf_free(&text);
}

void mn_front_calls_inside(void *worker, struct mn_exchange *x)
{
    struct mn_json *ask = NULL;

    if (!mn_owner_is_inside(worker, x) ||
        mn_json_parse(&ask, mn_exchange_body(x), &mn_json_frame, NULL) != 0)
        mn_exchange_refuse(x, 404, NULL, "not_found", "There is nothing at this path.");
    else
        answer_inside(worker, x, ask);
    mn_json_free(ask);
}

/* --- of all --- */

static void on_page(void *ask, int status, struct mn_str body)
{
    if (status == 200)
        mn_pages_add(&((struct call_ask *)ask)->pages, body);
}

static void on_all(void *ask, int missing)
{
    struct call_ask *a = ask;
    struct mn_buf json = {0};
    struct mn_writer out = mn_writer(&json);
    bool more;

    (void)missing;
    if (a->done != NULL) {
        mn_write_open(&out, NULL, '[');
        (void)mn_pages_write(&a->pages, INT64_MAX, &out, &more);
        mn_write_close(&out);
        a->done(a->owner, json.err, mn_buf_str(&json));
    }
    mn_buf_free(&json);
    mn_pages_free(&a->pages);
    free(a);
}

static void add_own(struct call_ask *a)
{
    struct mn_buf own = {0}, page = {0};

    if (mn_front_calls_of(a->front->worker, app_of(a->front), "list", MN_STR(""), MN_STR(""),
                          &own) == 0)
        mn_buf_addf(&page, "{\"data\":%.*s}", (int)own.n, own.p);
    mn_pages_add(&a->pages, mn_buf_str(&page));
    mn_buf_free(&own);
    mn_buf_free(&page);
}

/* An app's name is of letters that a URL takes as they are. */
static int ask_all(struct call_ask *a)
{
    struct mn_owner_round round = {.each = on_page, .done = on_all, .owner = a};
    struct mn_buf path = {0};
    int n;

    mn_buf_addf(&path, "/v1/myna/calls?limit=%d&app=%.*s", LISTED, MN_FMT(app_of(a->front)));
    n = path.err == 0 ? mn_owner_ask_all(a->front->worker, mn_buf_str(&path), &round) : 0;
    mn_buf_free(&path);
    if (n > 0)
        add_own(a);
    a->all = n > 0;
    return n;
}

/* --- whichever --- */

static int begin(struct call_ask *a, struct mn_str text)
{
    struct mn_worker *w = a->front->worker;
    int number = mn_owner_of(mn_str(a->id));

    if (a->id[0] == '\0' && w->under != NULL && ask_all(a) > 0)
        return 0;
    if (mn_owner_is_there(w, number))
        return ask_one(a, number, text);
    return mn_timer_start(w->world.clock, &a->timer, 0, on_turn);
}

int mn_front_call_ask(void *front, const char *word, struct mn_str id, struct mn_str text,
                      mn_keep_done *done, void *owner, void **op)
{
    struct call_ask *a = calloc(1, sizeof(*a));
    int err;

    if (a == NULL)
        return -ENOMEM;
    *a = (struct call_ask){.front = front, .done = done, .owner = owner};
    snprintf(a->word, sizeof(a->word), "%s", word);
    err = mn_id_copy(a->id, id) ? begin(a, text) : MN_ECLOSED;
    if (err != 0)
        free(a);
    else
        *op = a;
    return err;
}

void mn_front_call_ask_cancel(void *front, void *op)
{
    struct call_ask *a = op;

    (void)front;
    a->done = NULL;
    if (a->all) /* the answers find nobody */
        return;
    if (a->http != NULL)
        mn_http_cancel(a->http);
    mn_timer_stop(&a->timer);
    free(a);
}
