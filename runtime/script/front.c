/* front.c - routes as tasks, behind front.h. */
#include "script/front.h"

#include "base/err.h"
#include "script/app.h"
#include "script/state_parts.h"
#include "script/task.h"

#include <errno.h>
#include <inttypes.h>
#include <stdlib.h>

#define LAST_WORDS_MS 100 /* a request ends this long before its route's time */

struct mn_front_job {
    struct mn_task task;
    const char *function; /* of run.lua */
    struct mn_buf what;   /* "GET /calls/{id}" */
    struct mn_buf head, body;
    struct mn_buf head_out, body_out;
    mn_front_done *done; /* NULL: nobody waits */
    void *owner;
};

static void free_job(struct mn_front_job *j)
{
    mn_buf_free(&j->what);
    mn_buf_free(&j->head);
    mn_buf_free(&j->body);
    mn_buf_free(&j->head_out);
    mn_buf_free(&j->body_out);
    free(j);
}

static int results_k(lua_State *L, int status, lua_KContext k)
{
    (void)L, (void)status, (void)k;
    return 2;
}

static void push(lua_State *L, const struct mn_buf *b)
{
    lua_pushlstring(L, b->n != 0 ? b->p : "", b->n);
}

/* The coroutine: run[function](what, head, body), giving a head and a body. */
static int body(lua_State *L)
{
    struct mn_front_job *j = lua_touserdata(L, 1);

    lua_settop(L, 0);
    lua_getfield(L, LUA_REGISTRYINDEX, MN_VM_RUN);
    lua_getfield(L, -1, j->function);
    lua_remove(L, 1);
    push(L, &j->what);
    push(L, &j->head);
    push(L, &j->body);
    mn_buf_free(&j->body); /* it may be large, and Lua has it now */
    lua_callk(L, 3, 2, 0, results_k);
    return results_k(L, LUA_OK, 0);
}

static void take_string(lua_State *co, int index, struct mn_buf *out)
{
    struct mn_str s = {0};

    if (lua_type(co, index) == LUA_TSTRING)
        s.p = lua_tolstring(co, index, &s.n);
    mn_buf_add_str(out, s);
}

static void take(struct mn_task *t, lua_State *co, int n)
{
    struct mn_front_job *j = mn_container_of(t, struct mn_front_job, task);

    if (n < 2)
        return;
    take_string(co, -2, &j->head_out);
    take_string(co, -1, &j->body_out);
}

static void finished(struct mn_task *t, int err)
{
    struct mn_front_job *j = mn_container_of(t, struct mn_front_job, task);
    struct mn_front_answer answer = {.err = err};

    if (err == 0 && (j->head_out.err != 0 || j->body_out.err != 0))
        answer.err = -ENOMEM;
    if (answer.err == 0) {
        answer.head = mn_buf_str(&j->head_out);
        answer.body = mn_buf_str(&j->body_out);
    }
    if (j->done != NULL && err != MN_ECANCELED)
        j->done(j->owner, &answer); /* may close the state */
    free_job(j);
}

static int start(struct mn_state *st, struct mn_front_job *j, int64_t time_ms)
{
    int err = j->what.err != 0 || j->head.err != 0 || j->body.err != 0 ? -ENOMEM : 0;

    j->task.take = take;
    j->task.done = finished;
    j->task.what = j->what.p;
    if (time_ms > 0)
        j->task.deadline_ms = mn_clock_now(st->vm.clock) + time_ms - LAST_WORDS_MS;
    if (err == 0)
        err = mn_task_start(&st->vm, &j->task, body, j);
    if (err != 0)
        free_job(j);
    return err;
}

int mn_front_run(struct mn_state *st, const struct mn_front_ask *ask, mn_front_done *done,
                 void *owner, struct mn_front_job **job)
{
    struct mn_front_job *j = calloc(1, sizeof(*j));
    int err;

    *job = NULL;
    if (j == NULL)
        return -ENOMEM;
    j->function = "route";
    j->done = done;
    j->owner = owner;
    mn_buf_addf(&j->what, "%.*s %.*s", MN_FMT(ask->route->method), MN_FMT(ask->route->path));
    mn_buf_add_str(&j->head, ask->head);
    mn_buf_add_str(&j->body, ask->body);
    err = start(st, j, ask->time_ms);
    if (err == 0)
        *job = j;
    return err;
}

void mn_front_stop(struct mn_front_job *job)
{
    job->done = NULL;
    mn_task_cancel(&job->task);
}

void mn_front_reloaded(struct mn_state *st, int64_t generation)
{
    struct mn_front_job *j;

    if (!st->bundle->hears_reload)
        return;
    j = calloc(1, sizeof(*j));
    if (j != NULL) {
        j->function = "reload";
        mn_buf_add_text(&j->what, "on.reload");
        mn_buf_addf(&j->head, "{\"generation\":%" PRId64 "}", generation);
    }
    if (j == NULL || start(st, j, 0) != 0)
        MN_LOG(st->vm.log, ERROR, st->vm.call_id, "an event's handler could not start",
               {"event", MN_STR("reload")});
}

bool mn_bundle_has_front(const struct mn_bundle *b)
{
    return b->nroutes > 0 || b->hears_reload;
}
