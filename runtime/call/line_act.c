/* line_act.c - what is done with a direct call by its id: hang up, refer, accept, reject. */
#include "base/err.h"
#include "base/json_write.h"
#include "call/line.h"
#include "call/principal.h"
#include "call/worker_parts.h"

#include <stdio.h>

static struct mn_call *find(struct mn_worker *w, struct mn_str id)
{
    for (struct mn_list *at = w->calls.next; at != &w->calls; at = at->next) {
        struct mn_call *call = mn_call_at(at);

        if (id.n > 0 && mn_str_is(id, mn_call_line(call)) && !mn_call_is_over(call))
            return call;
    }
    return NULL;
}

static void refuse_full(struct mn_exchange *x)
{
    mn_exchange_refuse(x, 503, "server_error", "at_capacity",
                       "No more requests can be taken just now. Try again in a moment.");
}

/* --- passed on to the model --- */

static void passed_on(struct mn_line *l, const struct mn_http_answer *answer)
{
    if (mn_line_refused(l, answer))
        return;
    mn_exchange_reply(l->x, &(struct mn_reply){.status = 200, .body = MN_STR("{}")});
    mn_line_end(l);
}

static void pass_on(struct mn_worker *w, struct mn_exchange *x, const struct mn_call *call,
                    struct mn_str path)
{
    struct mn_line *l =
        mn_line_new(w, call != NULL ? (struct mn_bundle *)mn_call_bundle(call) : NULL);
    struct mn_str body = mn_exchange_body(x);
    struct mn_buf whole = {0};

    if (l == NULL) {
        refuse_full(x);
        return;
    }
    mn_line_wait(l, x);
    l->answered = passed_on;
    mn_buf_addf(&whole, "/realtime/calls/%.*s", MN_FMT(path));
    if (whole.err != 0 || mn_line_post(l, mn_buf_str(&whole), "application/json",
                                       body.n > 0 ? body : MN_STR("{}")) != 0)
        mn_line_refuse(l, 503, "at_capacity", "The model cannot be asked just now.");
    mn_buf_free(&whole);
}

/* --- accept --- */

static int write_session(const struct mn_line *l, struct mn_buf *out)
{
    struct mn_fault why = {0};
    struct mn_writer w = mn_writer(out);
    int err;

    mn_write_open(&w, NULL, '{');
    err = mn_session_offer(mn_bundle_spec(l->app), NULL, &w, &why);
    mn_write_close(&w);
    return err != 0 ? err : out->err;
}

static void accepted(struct mn_line *l, const struct mn_http_answer *answer)
{
    if (mn_line_refused(l, answer))
        return;
    if (mn_line_open(l) == 0) {
        mn_exchange_reply(l->x, &(struct mn_reply){.status = 200, .body = MN_STR("{}")});
        mn_line_end(l);
        return;
    }
    mn_line_abandon(l);
    mn_line_refuse(l, 503, "at_capacity",
                   "No more calls can be taken just now. Try again in a moment.");
}

int mn_line_accept(struct mn_line *l)
{
    struct mn_buf path = {0}, session = {0};
    int err = write_session(l, &session);

    l->accepts = true;
    l->answered = accepted;
    mn_buf_addf(&path, "/realtime/calls/%s/accept", l->id);
    if (err == 0)
        err = path.err;
    if (err == 0)
        err = mn_line_post(l, mn_buf_str(&path), "application/json", mn_buf_str(&session));
    mn_buf_free(&path);
    mn_buf_free(&session);
    return err;
}

static void accept(struct mn_worker *w, struct mn_exchange *x, struct mn_str id)
{
    struct mn_bundle *app = mn_line_app(w, x, mn_exchange_query(x, "model"));
    struct mn_line *l;

    if (app == NULL || mn_worker_turns_away(w, x))
        return;
    l = mn_line_new(w, app);
    if (l == NULL) {
        refuse_full(x);
        return;
    }
    mn_line_wait(l, x);
    snprintf(l->id, sizeof(l->id), "%.*s", MN_FMT(id));
    if (mn_line_accept(l) != 0)
        mn_line_refuse(l, 503, "at_capacity", "The model cannot be asked just now.");
}

/* --- */

/* The call of another worker, or of nobody yet, is theirs who may have any. */
static bool may(const struct mn_principal *who, const struct mn_call *call)
{
    if (call != NULL)
        return mn_principal_may(who, mn_bundle_spec(mn_call_bundle(call))->name);
    return who->kind != MN_ASKS_TOKEN && who->apps[0] == '\0';
}

/* Once it is over here, it is hung up at the model (call.c). */
static void hang_up(struct mn_call *call, struct mn_exchange *x)
{
    mn_call_end(call, 1000, "hung up on request");
    mn_exchange_reply(x, &(struct mn_reply){.status = 200, .body = MN_STR("{}")});
}

static bool is_known(struct mn_str verb)
{
    static const char *const verbs[] = {"hangup", "refer", "accept", "reject", NULL};

    for (const char *const *v = verbs; *v != NULL; v++) {
        if (mn_str_is(verb, *v))
            return true;
    }
    return false;
}

void mn_line_act(void *worker, struct mn_exchange *x)
{
    struct mn_worker *w = worker;
    struct mn_str below = mn_exchange_below(x);
    const char *slash = below.n > 0 ? memchr(below.p, '/', below.n) : NULL;
    struct mn_str id = {below.p, slash != NULL ? (size_t)(slash - below.p) : below.n}, verb = {0};
    struct mn_call *call;

    if (slash != NULL)
        verb = (struct mn_str){slash + 1, below.n - id.n - 1};
    if (!is_known(verb)) {
        mn_exchange_refuse(x, 404, NULL, "unknown_url",
                           "Expected .../<call id>/hangup, refer, accept or reject.");
        return;
    }
    call = find(w, id);
    if (!mn_line_id_is_good(id) || !may(mn_principal_of(x), call))
        mn_exchange_refuse(x, 404, NULL, "call_id_not_found", "No such call is going on.");
    else if (mn_str_is(verb, "accept"))
        accept(w, x, id);
    else if (mn_str_is(verb, "hangup") && call != NULL)
        hang_up(call, x);
    else
        pass_on(w, x, call, below);
}
