/* worker_call.c - opens a call in a worker. */
#include "call/seats.h"
#include "call/worker_parts.h"

#include "base/err.h"
#include "base/json_write.h"

#include <stdio.h>

/* ctx.call: what its opener gave, after what every call has. */
static int write_meta(struct mn_buf *out, const char *id, const struct mn_bundle *app,
                      struct mn_str given)
{
    struct mn_writer w = mn_writer(out);

    mn_write_open(&w, NULL, '{');
    mn_write_text(&w, "id", id);
    mn_write_str(&w, "app", mn_bundle_spec(app)->name);
    if (given.n <= 2)
        mn_write_close(&w);
    else
        mn_buf_addf(out, ",%.*s", (int)given.n - 1, given.p + 1);
    return out->err;
}

static int open_call(struct mn_worker *w, struct mn_call **out, const struct mn_worker_call *call,
                     struct mn_bundle *bundle, const char *id, struct mn_str meta)
{
    const struct mn_principal nobody = {0}, *who = call->who != NULL ? call->who : &nobody;
    struct mn_str user = call->user.n > 0 ? call->user : mn_buf_str(&who->user);

    return mn_call_open(
        out, &(struct mn_call_settings){
                 .world = &w->world,
                 .bundle = bundle,
                 .caller = call->caller,
                 .id = id,
                 .seed = mn_random_next(&w->random),
                 .greet = !call->quiet,
                 .dialect = call->dialect,
                 .notes = call->notes,
                 .text_only = call->text_only,
                 .peer = call->peer,
                 .number = mn_page_number(w->page),
                 .start = call->start,
                 .meta = meta,
                 .user = user,
                 .state = call->state,
                 .line = call->line,
                 .session = call->session.n > 0 ? call->session : mn_buf_str(&who->session),
                 .seat = who->seated ? who->seat : MN_SEAT_NONE,
             });
}

struct mn_call *mn_worker_find_call(struct mn_worker *w, struct mn_str id)
{
    for (struct mn_list *l = w->calls.next; l != &w->calls; l = l->next) {
        if (mn_str_is(id, mn_call_id(mn_call_at(l))))
            return mn_call_at(l);
    }
    return NULL;
}

int mn_worker_call(struct mn_worker *w, struct mn_call **out, const struct mn_worker_call *call)
{
    struct mn_bundle *bundle = call->app != NULL ? call->app : w->apps.list[0];
    struct mn_buf meta = {0};
    char id[MN_ID_MAX], prefix[32];
    int err;

    snprintf(prefix, sizeof(prefix), "sess_%d", w->number);
    mn_id_new(id, prefix, &w->random);
    w->opening = call;
    err = write_meta(&meta, id, bundle, call->meta);
    /* The last place may have been taken since they were let in, by another worker. */
    if (err == 0 && !mn_page_take(w->page, w->number, w->ncalls, w->settings->max_calls))
        err = MN_EFULL;
    if (err != 0 && call->caller != NULL)
        mn_link_close(call->caller, err == MN_EFULL ? 1013 : 1011, mn_str(mn_strerror(err)));
    if (err == 0)
        err = open_call(w, out, call, bundle, id, mn_buf_str(&meta));
    mn_buf_free(&meta);
    w->opening = NULL;
    if (err != 0) {
        mn_page_set(w->page, w->number, w->ncalls);
        MN_LOG(w->log, ERROR, id, "the call cannot be opened", {"error", mn_str(mn_strerror(err))});
        return err;
    }
    if (call->who != NULL)
        call->who->seated = false; /* the call has it now */
    mn_page_set(w->page, w->number, ++w->ncalls);
    mn_list_append(&w->calls, mn_call_place(*out));
    MN_LOG(w->log, INFO, id, "call started", {"app", mn_bundle_spec(bundle)->name},
           {"peer", call->peer}, {"key", mn_str(call->who != NULL ? call->who->key : "")},
           {"calls", .i = w->ncalls, .is_int = true});
    return 0;
}
