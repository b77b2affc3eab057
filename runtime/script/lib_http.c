/* lib_http.c - native.http{...}: one request through the ports, and its answer.
 *
 * The answer is copied when it comes, outside of Lua, and pushed when the task goes on, inside: a
 * port's completion never enters Lua. */
#include "base/err.h"
#include "script/http_op.h"
#include "script/natives.h"

#include <errno.h>
#include <lauxlib.h>
#include <stdlib.h>

#define HEADERS_MAX 64 /* of a request */
#define PLACE       2  /* of the request's userdata on the stack */

void mn_http_request_end(struct mn_http_request *r)
{
    if (r->op != NULL)
        r->vm->nhttp--;
    r->op = NULL;
    mn_list_remove(&r->thing.node);
}

void mn_http_request_cancel(struct mn_http_request *r)
{
    const struct mn_ports *ports = r->vm->ports;
    void *port_op = r->op;

    mn_http_request_end(r);
    if (port_op != NULL)
        ports->http_cancel(ports->owner, port_op);
}

static void on_cancel(void *request)
{
    struct mn_http_request *r = request;

    r->waiter = NULL;
    mn_http_request_cancel(r);
}

static int collect(lua_State *L)
{
    struct mn_http_request *r = lua_touserdata(L, 1);

    mn_http_request_cancel(r);
    mn_buf_free(&r->headers);
    mn_buf_free(&r->body);
    mn_buf_free(&r->err_message);
    return 0;
}

void mn_http_request_fail(struct mn_http_request *r, const char *code, const char *message)
{
    strncpy(r->err_code, code, sizeof(r->err_code) - 1);
    mn_buf_add_text(&r->err_message, message != NULL ? message : code);
}

void mn_http_request_head(struct mn_http_request *r, const struct mn_http_answer *a)
{
    r->has_head = true;
    r->status = a->status;
    for (int i = 0; i < a->nheaders; i++) {
        mn_buf_add_str(&r->headers, a->headers[i].name);
        mn_buf_add_byte(&r->headers, '\0');
        mn_buf_add_str(&r->headers, a->headers[i].value);
        mn_buf_add_byte(&r->headers, '\0');
    }
    r->nheaders = a->nheaders;
    if (r->headers.err != 0)
        mn_http_request_fail(r, "too_large", "no memory for the answer");
}

void mn_http_request_wake(struct mn_http_request *r)
{
    struct mn_task *waiter = r->waiter;

    r->waiter = NULL;
    if (waiter != NULL)
        mn_task_wake(waiter);
}

/* Of a stream whose head was told, body is empty; a port that does not stream gives all here. */
static void on_done(void *request, const struct mn_http_answer *a)
{
    struct mn_http_request *r = request;

    mn_http_request_end(r);
    if (a->err_code != NULL)
        mn_http_request_fail(r, a->err_code, a->err_message);
    else if (!r->has_head)
        mn_http_request_head(r, a);
    if (a->err_code == NULL && mn_buf_add_str(&r->body, a->body) != 0)
        mn_http_request_fail(r, "too_large", "no memory for the answer");
    mn_http_request_wake(r);
}

int mn_http_request_push_error(lua_State *L, const struct mn_http_request *r)
{
    lua_pushnil(L);
    lua_pushstring(L, r->err_code);
    lua_pushlstring(L, r->err_message.n != 0 ? r->err_message.p : "", r->err_message.n);
    return 3;
}

static void push_headers(lua_State *L, const struct mn_http_request *r)
{
    const char *p = r->headers.p;

    lua_createtable(L, 0, r->nheaders);
    for (int i = 0; i < r->nheaders; i++) {
        const char *name = p, *value = p + strlen(p) + 1;

        lua_pushstring(L, value);
        lua_setfield(L, -2, name);
        p = value + strlen(value) + 1;
    }
}

/* Returns status, headers, and the body or the stream; or nil, code, message. */
static int push_answer(lua_State *L, int status, lua_KContext op)
{
    struct mn_http_request *r = (struct mn_http_request *)op;

    (void)status;
    if (r->err_code[0] != '\0')
        return mn_http_request_push_error(L, r);
    lua_pushinteger(L, r->status);
    push_headers(L, r);
    if (r->is_stream)
        lua_pushvalue(L, PLACE);
    else
        lua_pushlstring(L, r->body.n != 0 ? r->body.p : "", r->body.n);
    return 3;
}

/* A field of the request's table; the bytes stay anchored there. */
static struct mn_str text_field(lua_State *L, const char *name)
{
    struct mn_str s = {0};

    if (lua_getfield(L, 1, name) != LUA_TNIL)
        s.p = luaL_checklstring(L, -1, &s.n);
    lua_pop(L, 1);
    return s;
}

static lua_Integer int_field(lua_State *L, const char *name)
{
    lua_Integer n = 0;

    if (lua_getfield(L, 1, name) != LUA_TNIL)
        n = luaL_checkinteger(L, -1);
    lua_pop(L, 1);
    return n;
}

/* headers is a list: name, value, name, value. */
static int read_headers(lua_State *L, struct mn_header *headers)
{
    int n = 0;

    if (lua_getfield(L, 1, "headers") == LUA_TTABLE) {
        for (lua_Integer i = 1; lua_rawgeti(L, -1, i) != LUA_TNIL; i += 2) {
            if (n == HEADERS_MAX)
                luaL_error(L, "over %d headers", HEADERS_MAX);
            headers[n].name.p = luaL_checklstring(L, -1, &headers[n].name.n);
            lua_pop(L, 1);
            lua_rawgeti(L, -1, i + 1);
            headers[n].value.p = luaL_checklstring(L, -1, &headers[n].value.n);
            lua_pop(L, 1);
            n++;
        }
        lua_pop(L, 1);
    }
    lua_pop(L, 1);
    return n;
}

/* The time left is the request's own or the tool's, whichever is shorter. */
static int64_t total_ms(lua_State *L, const struct mn_task *t)
{
    int64_t total = int_field(L, "total_ms"), left;

    if (t->deadline_ms == 0)
        return total;
    left = t->deadline_ms - mn_clock_now(t->vm->clock);
    if (left < 1)
        return -1;
    return total == 0 || left < total ? left : total;
}

static int refuse(lua_State *L, const char *code, const char *message)
{
    lua_pushnil(L);
    lua_pushstring(L, code);
    lua_pushstring(L, message);
    return 3;
}

static bool flag(lua_State *L, const char *name)
{
    bool is_set;

    lua_getfield(L, 1, name);
    is_set = lua_toboolean(L, -1);
    lua_pop(L, 1);
    return is_set;
}

/* Everything but headers and the total time. */
static struct mn_http_ask read_ask(lua_State *L)
{
    struct mn_http_ask ask = {
        .method = text_field(L, "method"),
        .url = text_field(L, "url"),
        .body = text_field(L, "body"),
        .nsecret = (int)int_field(L, "secrets"),
        .pool = text_field(L, "pool"),
        .pool_connections = (int)int_field(L, "connections"),
        .pool_keep = (int)int_field(L, "keep"),
        .keep_ms = int_field(L, "keep_ms"),
        .connect_ms = int_field(L, "connect_ms"),
        .pool_ms = int_field(L, "pool_ms"),
        .idle_ms = int_field(L, "idle_ms"),
        .proxy = text_field(L, "proxy"),
        .ca = text_field(L, "ca"),
        .names_host = flag(L, "names_host"),
        .any_host = flag(L, "any_host"),
        .cache_ms = int_field(L, "cache_ms"),
        .absent_ms = int_field(L, "absent_ms"),
        .stream = flag(L, "stream") ? &mn_http_request_stream : NULL,
        .upstream = text_field(L, "upstream"),
    };

    ask.of_api = ask.upstream.p != NULL;
    ask.of_line = flag(L, "of_line");
    return ask;
}

static void end_stream(struct mn_task_thing *thing)
{
    struct mn_http_request *r = mn_container_of(thing, struct mn_http_request, thing);

    if (r->op != NULL)
        mn_http_request_fail(r, "cancelled", "the task that asked is over");
    mn_http_request_cancel(r);
    mn_http_request_wake(r);
}

static int send(lua_State *L, struct mn_task *t, const struct mn_http_ask *ask)
{
    struct mn_vm *vm = t->vm;
    struct mn_http_request *r = lua_newuserdatauv(L, sizeof(*r), 0);
    int err;

    *r = (struct mn_http_request){.vm = vm, .is_stream = ask->stream != NULL};
    mn_list_init(&r->thing.node);
    luaL_setmetatable(L, MN_HTTP_OP_TYPE);
    err = vm->ports->http(vm->ports->owner, ask, on_done, r, &r->op);
    if (err != 0)
        return refuse(L, err == MN_EFULL ? "timeout" : "other",
                      err == MN_EFULL ? "too many requests wait for their turn (http-waiting)"
                                      : mn_strerror(err));
    vm->nhttp++;
    r->waiter = t;
    if (r->is_stream)
        mn_task_own(t, &r->thing, end_stream);
    return mn_task_park(L, t, on_cancel, r, push_answer);
}

static int lib_http(lua_State *L)
{
    struct mn_task *t = mn_task_current(L, "an HTTP request");
    struct mn_vm *vm = t->vm;
    struct mn_header headers[HEADERS_MAX];
    struct mn_http_ask ask;

    luaL_checktype(L, 1, LUA_TTABLE);
    lua_settop(L, 1);
    ask = read_ask(L);
    ask.max_body = vm->limits.body_bytes;
    ask.total_ms = total_ms(L, t);
    ask.headers = headers;
    ask.nheaders = read_headers(L, headers);
    if (ask.nsecret > ask.nheaders)
        return luaL_error(L, "more secrets than headers");
    if (ask.total_ms < 0)
        return refuse(L, "timeout", "the tool's time was used up");
    if (vm->nhttp >= vm->limits.http)
        return luaL_error(L, "over %d HTTP requests at once in one call", vm->limits.http);
    if (vm->ports == NULL || vm->ports->http == NULL)
        return refuse(L, "refused", "this call has no way to the network");
    return send(L, t, &ask);
}

void mn_lib_http(lua_State *L)
{
    luaL_newmetatable(L, MN_HTTP_OP_TYPE);
    lua_pushcfunction(L, collect);
    lua_setfield(L, -2, "__gc");
    lua_pop(L, 1);
    lua_pushcfunction(L, lib_http);
    lua_setfield(L, -2, "http");
}
