/* lib_http.c - native.http{...}: one request through the ports, and its answer.
 *
 * The answer is copied when it comes, outside of Lua, and pushed when the task goes on, inside: a
 * port's completion never enters Lua. */
#include "base/err.h"
#include "script/natives.h"
#include "script/task.h"
#include "script/vm.h"

#include <errno.h>
#include <lauxlib.h>
#include <stdlib.h>

#define TYPE        "myna.http.op"
#define HEADERS_MAX 64 /* of a request */

struct http_op {
    struct mn_task *task;
    void *op;   /* the port's; NULL when none is under way */
    int status; /* from here on the answer */
    int nheaders;
    struct mn_buf headers; /* name, NUL, value, NUL, ... */
    struct mn_buf body;
    char err_code[16];
    struct mn_buf err_message;
};

static void end(struct http_op *o)
{
    if (o->op != NULL)
        o->task->vm->nhttp--;
    o->op = NULL;
}

static void on_cancel(void *op)
{
    struct http_op *o = op;
    const struct mn_ports *ports = o->task->vm->ports;
    void *port_op = o->op;

    end(o);
    if (port_op != NULL)
        ports->http_cancel(ports->owner, port_op);
}

static int collect(lua_State *L)
{
    struct http_op *o = lua_touserdata(L, 1);

    mn_buf_free(&o->headers);
    mn_buf_free(&o->body);
    mn_buf_free(&o->err_message);
    return 0;
}

static void say_error(struct http_op *o, const char *code, const char *message)
{
    strncpy(o->err_code, code, sizeof(o->err_code) - 1);
    mn_buf_add_text(&o->err_message, message != NULL ? message : code);
}

static void on_done(void *op, const struct mn_http_answer *a)
{
    struct http_op *o = op;

    end(o);
    o->status = a->status;
    for (int i = 0; i < a->nheaders; i++) {
        mn_buf_add_str(&o->headers, a->headers[i].name);
        mn_buf_add_byte(&o->headers, '\0');
        mn_buf_add_str(&o->headers, a->headers[i].value);
        mn_buf_add_byte(&o->headers, '\0');
    }
    mn_buf_add_str(&o->body, a->body);
    o->nheaders = a->nheaders;
    if (a->err_code != NULL)
        say_error(o, a->err_code, a->err_message);
    else if (o->headers.err != 0 || o->body.err != 0)
        say_error(o, "too_large", "no memory for the answer");
    mn_task_wake(o->task);
}

static void push_headers(lua_State *L, const struct http_op *o)
{
    const char *p = o->headers.p;

    lua_createtable(L, 0, o->nheaders);
    for (int i = 0; i < o->nheaders; i++) {
        const char *name = p, *value = p + strlen(p) + 1;

        lua_pushstring(L, value);
        lua_setfield(L, -2, name);
        p = value + strlen(value) + 1;
    }
}

/* Returns status, headers, body; or nil, code, message. */
static int push_answer(lua_State *L, int status, lua_KContext op)
{
    struct http_op *o = (struct http_op *)op;

    (void)status;
    if (o->err_code[0] != '\0') {
        lua_pushnil(L);
        lua_pushstring(L, o->err_code);
        lua_pushlstring(L, o->err_message.n != 0 ? o->err_message.p : "", o->err_message.n);
        return 3;
    }
    lua_pushinteger(L, o->status);
    push_headers(L, o);
    lua_pushlstring(L, o->body.n != 0 ? o->body.p : "", o->body.n);
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

static int lib_http(lua_State *L)
{
    struct mn_task *t = mn_task_current(L, "an HTTP request");
    struct mn_vm *vm = t->vm;
    struct mn_header headers[HEADERS_MAX];
    struct mn_http_ask ask = {.headers = headers, .max_body = vm->limits.body_bytes};
    struct http_op *o;
    int err;

    luaL_checktype(L, 1, LUA_TTABLE);
    ask.method = text_field(L, "method");
    ask.url = text_field(L, "url");
    ask.body = text_field(L, "body");
    ask.pool = text_field(L, "pool");
    ask.pool_connections = (int)int_field(L, "connections");
    ask.connect_ms = int_field(L, "connect_ms");
    ask.total_ms = total_ms(L, t);
    ask.nheaders = read_headers(L, headers);
    if (ask.total_ms < 0)
        return refuse(L, "timeout", "the tool's time was used up");
    if (vm->nhttp >= vm->limits.http)
        return luaL_error(L, "over %d HTTP requests at once in one call", vm->limits.http);
    if (vm->ports == NULL || vm->ports->http == NULL)
        return refuse(L, "refused", "this call has no way to the network");
    o = lua_newuserdatauv(L, sizeof(*o), 0);
    *o = (struct http_op){.task = t};
    luaL_setmetatable(L, TYPE);
    err = vm->ports->http(vm->ports->owner, &ask, on_done, o, &o->op);
    if (err != 0)
        return refuse(L, "other", mn_strerror(err));
    vm->nhttp++;
    return mn_task_park(L, t, on_cancel, o, push_answer);
}

void mn_lib_http(lua_State *L)
{
    luaL_newmetatable(L, TYPE);
    lua_pushcfunction(L, collect);
    lua_setfield(L, -2, "__gc");
    lua_pop(L, 1);
    lua_pushcfunction(L, lib_http);
    lua_setfield(L, -2, "http");
}
