/* lib_stream.c - native.stream_read and native.stream_close: the body of an answer as it comes.
 *
 * What came and was not read waits here, bounded by the option script-stream: past it the port is
 * told to wait, and with it the sender. */
#include "script/http_op.h"
#include "script/natives.h"

#include <lauxlib.h>

static void on_head(void *request, const struct mn_http_answer *answer)
{
    struct mn_http_request *r = request;

    mn_http_request_head(r, answer);
    mn_http_request_wake(r);
}

static bool on_bytes(void *request, struct mn_str bytes)
{
    struct mn_http_request *r = request;

    if (r->body.n > 0 && r->body.n + bytes.n > r->vm->limits.stream_bytes) {
        r->is_full = true;
        return false;
    }
    mn_buf_add_str(&r->body, bytes); /* a failure sticks, and is told when it is read */
    mn_http_request_wake(r);
    return true;
}

const struct mn_http_stream mn_http_request_stream = {on_head, on_bytes};

/* The waiting task was ended. The request goes on until the task that asked ends. */
static void on_cancel(void *request)
{
    ((struct mn_http_request *)request)->waiter = NULL;
}

static void let_more_come(struct mn_http_request *r)
{
    const struct mn_ports *ports = r->vm->ports;

    if (!r->is_full || r->op == NULL)
        return;
    r->is_full = false;
    ports->http_resume(ports->owner, r->op); /* may add to body at once */
}

/* Returns what came: bytes; nil at the end; or nil, code, message. */
static int push_bytes(lua_State *L, int status, lua_KContext op)
{
    struct mn_http_request *r = (struct mn_http_request *)op;

    (void)status;
    if (r->body.err != 0) {
        mn_http_request_cancel(r);
        mn_buf_clear(&r->body);
        mn_http_request_fail(r, "too_large", "no memory for the answer");
    }
    if (r->body.n > 0) {
        lua_pushlstring(L, r->body.p, r->body.n);
        mn_buf_clear(&r->body);
        let_more_come(r);
        return 1;
    }
    if (r->err_code[0] != '\0')
        return mn_http_request_push_error(L, r);
    lua_pushnil(L);
    return 1;
}

static int stream_read(lua_State *L)
{
    struct mn_http_request *r = luaL_checkudata(L, 1, MN_HTTP_OP_TYPE);
    struct mn_task *t;

    if (r->body.n > 0 || r->body.err != 0 || r->op == NULL)
        return push_bytes(L, 0, (lua_KContext)r);
    t = mn_task_current(L, "a streamed answer");
    if (r->waiter != NULL)
        return luaL_error(L, "another task reads this answer already");
    r->waiter = t;
    return mn_task_park(L, t, on_cancel, r, push_bytes);
}

/* Ends the request; what came of it can still be read. */
static int stream_close(lua_State *L)
{
    struct mn_http_request *r = luaL_checkudata(L, 1, MN_HTTP_OP_TYPE);

    mn_http_request_cancel(r);
    mn_http_request_wake(r);
    return 0;
}

void mn_lib_stream(lua_State *L)
{
    lua_pushcfunction(L, stream_read);
    lua_setfield(L, -2, "stream_read");
    lua_pushcfunction(L, stream_close);
    lua_setfield(L, -2, "stream_close");
}
