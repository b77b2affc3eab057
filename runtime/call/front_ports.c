/* front_ports.c - what a front's Lua may reach: the worker's world, but no conversation. */
#include "base/err.h"
#include "call/front_parts.h"
#include "call/line.h"

static struct mn_str app_of(const struct mn_front *f)
{
    return mn_bundle_spec(f->bundle)->name;
}

static int http(void *front, const struct mn_http_ask *ask, mn_http_done *done, void *op_owner,
                void **op)
{
    struct mn_front *f = front;
    struct mn_http_ask own = *ask;

    if (ask->of_line)
        return mn_line_ask(f->worker, f->bundle, ask, done, op_owner, op);
    own.app = app_of(f);
    return f->worker->world.http(f->worker->world.owner, &own, done, op_owner, op);
}

static void http_resume(void *front, void *op)
{
    struct mn_world *world = &((struct mn_front *)front)->worker->world;

    if (world->http_resume != NULL)
        world->http_resume(world->owner, op);
}

static void http_cancel(void *front, void *op)
{
    struct mn_worker *w = ((struct mn_front *)front)->worker;

    if (!mn_line_cancel(w, op))
        w->world.http_cancel(w->world.owner, op);
}

static int shared(void *front, const struct mn_shared_ask *ask, struct mn_buf *out)
{
    const struct mn_front *f = front;

    if (f->worker->world.shared == NULL)
        return MN_ECLOSED;
    return mn_shared_do(f->worker->world.shared, app_of(f), ask, out);
}

static int keep(void *front, const struct mn_keep_ask *ask, mn_keep_done *done, void *op_owner,
                void **op)
{
    struct mn_front *f = front;
    struct mn_keep_ask own = *ask;

    if (f->worker->world.keep == NULL)
        return MN_ECLOSED;
    own.app = app_of(f);
    return f->worker->world.keep(f->worker->world.owner, &own, done, op_owner, op);
}

static int search(void *front, const struct mn_search_ask *ask, mn_keep_done *done, void *op_owner,
                  void **op)
{
    struct mn_front *f = front;

    if (f->worker->world.search == NULL)
        return MN_ECLOSED;
    return f->worker->world.search(f->worker->world.owner, f->bundle, ask, done, op_owner, op);
}

static int mail(void *front, const struct mn_mail_ask *ask, mn_mail_done *done, void *op_owner,
                void **op, struct mn_buf *why)
{
    struct mn_front *f = front;
    struct mn_world *world = &f->worker->world;
    struct mn_mail_ask own = *ask;

    own.app = app_of(f);
    return world->mail(world->owner, &own, NULL, done, op_owner, op, why);
}

static int token(void *front, struct mn_str ask, struct mn_buf *out, struct mn_buf *why)
{
    const struct mn_front *f = front;

    return mn_worker_token(f->worker, mn_bundle_spec(f->bundle)->name, ask, out, why);
}

static void mail_forget(void *front, void *op)
{
    struct mn_world *world = &((struct mn_front *)front)->worker->world;

    world->mail_forget(world->owner, op);
}

static void keep_cancel(void *front, void *op)
{
    struct mn_world *world = &((struct mn_front *)front)->worker->world;

    world->keep_cancel(world->owner, op);
}

static int no_order(void *front, const char *word, struct mn_str text)
{
    (void)front, (void)word, (void)text;
    return MN_ECLOSED;
}

static int no_tool(void *front, const char *word, struct mn_str call_id, struct mn_str text)
{
    (void)front, (void)word, (void)call_id, (void)text;
    return MN_ECLOSED;
}

static int no_history(void *front, int last, struct mn_buf *out)
{
    (void)front, (void)last, (void)out;
    return MN_ECLOSED;
}

static void no_usage(void *front, struct mn_writer *w)
{
    (void)front, (void)w;
}

void mn_front_fill_ports(struct mn_front *f)
{
    f->ports = (struct mn_ports){.owner = f,
                                 .http = http,
                                 .http_resume = http_resume,
                                 .http_cancel = http_cancel,
                                 .shared = shared,
                                 .calls = mn_front_calls,
                                 .clusters = f->worker->under != NULL,
                                 .call_ask = mn_front_call_ask,
                                 .call_ask_cancel = mn_front_call_ask_cancel,
                                 .keep = keep,
                                 .keep_cancel = keep_cancel,
                                 .search = search,
                                 .mail = mail,
                                 .mail_forget = mail_forget,
                                 .token = token,
                                 .order = no_order,
                                 .of_tool = no_tool,
                                 .history = no_history,
                                 .usage = no_usage};
}
