/* lib_mail.c - native.mail(mail, wait): one mail through the ports.
 *
 * With wait the task waits until the mail was sent or given up; a task that is cancelled only stops
 * listening. Without, nobody hears what becomes of it but the log. */
#include "base/err.h"
#include "script/natives.h"
#include "script/task.h"
#include "script/vm.h"

#include <lauxlib.h>

#define TYPE "myna.mail.op"
#define ADDRESSES_MAX                                                                              \
    128 /* of each list; what is over is counted, and so refused by its option                     \
         */

struct mail_op {
    struct mn_task *task;
    void *op; /* the port's; NULL when none is under way */
    int err;
    struct mn_buf why;
};

static void on_cancel(void *op)
{
    struct mail_op *o = op;
    const struct mn_ports *ports = o->task->vm->ports;
    void *port_op = o->op;

    o->op = NULL;
    if (port_op != NULL)
        ports->mail_forget(ports->owner, port_op);
}

static int collect(lua_State *L)
{
    struct mail_op *o = lua_touserdata(L, 1);

    mn_buf_free(&o->why);
    return 0;
}

static void on_done(void *op, int err, struct mn_str why)
{
    struct mail_op *o = op;

    o->op = NULL;
    o->err = err;
    mn_buf_add_str(&o->why, why);
    mn_task_wake(o->task);
}

static int push_answer(lua_State *L, int status, lua_KContext op)
{
    struct mail_op *o = (struct mail_op *)op;

    (void)status;
    if (o->err == 0) {
        lua_pushboolean(L, true);
        return 1;
    }
    lua_pushnil(L);
    lua_pushstring(L, o->why.n != 0 ? o->why.p : mn_strerror(o->err));
    return 2;
}

static struct mn_str text_field(lua_State *L, const char *name)
{
    struct mn_str s = {0};

    if (lua_getfield(L, 1, name) != LUA_TNIL)
        s.p = luaL_checklstring(L, -1, &s.n);
    lua_pop(L, 1);
    return s;
}

/* The strings stay anchored in their table. */
static int list_field(lua_State *L, const char *name, struct mn_str list[ADDRESSES_MAX])
{
    int n = 0;

    if (lua_getfield(L, 1, name) == LUA_TTABLE) {
        for (; n < ADDRESSES_MAX && lua_rawgeti(L, -1, n + 1) != LUA_TNIL; n++) {
            list[n].p = luaL_checklstring(L, -1, &list[n].n);
            lua_pop(L, 1);
        }
        if (n < ADDRESSES_MAX)
            lua_pop(L, 1);
    }
    lua_pop(L, 1);
    return n;
}

static int refuse(lua_State *L, const char *why)
{
    lua_pushnil(L);
    lua_pushstring(L, why);
    return 2;
}

/* The port takes it; scratch has the reason when it does not. */
static int take(struct mn_vm *vm, const struct mn_mail_ask *ask, struct mail_op *o, void **op)
{
    mn_buf_clear(&vm->scratch);
    return vm->ports->mail(vm->ports->owner, ask, o != NULL ? on_done : NULL, o, op, &vm->scratch);
}

static int refuse_for(lua_State *L, int err)
{
    const struct mn_buf *why = &mn_vm_of(L)->scratch;

    return refuse(L, why->n != 0 ? why->p : mn_strerror(err));
}

static int wait_for(lua_State *L, const struct mn_mail_ask *ask)
{
    struct mn_task *t = mn_task_current(L, "myna.mail with wait");
    struct mail_op *o = lua_newuserdatauv(L, sizeof(*o), 0);
    int err;

    *o = (struct mail_op){.task = t};
    luaL_setmetatable(L, TYPE);
    err = take(t->vm, ask, o, &o->op);
    if (err != 0)
        return refuse_for(L, err);
    t->vm->nmails++;
    return mn_task_park(L, t, on_cancel, o, push_answer);
}

/* Gives true; or nil and why not. */
static int mail(lua_State *L)
{
    struct mn_vm *vm = mn_vm_of(L);
    struct mn_str to[ADDRESSES_MAX], cc[ADDRESSES_MAX];
    struct mn_mail_ask ask = {.to = to, .cc = cc};
    bool waits = lua_toboolean(L, 2);
    void *op;
    int err;

    luaL_checktype(L, 1, LUA_TTABLE);
    ask.nto = list_field(L, "to", to);
    ask.ncc = list_field(L, "cc", cc);
    ask.reply_to = text_field(L, "reply_to");
    ask.subject = text_field(L, "subject");
    ask.text = text_field(L, "text");
    ask.html = text_field(L, "html");
    ask.shown = text_field(L, "shown");
    if (vm->ports == NULL || vm->ports->mail == NULL)
        return refuse(L, "there is no mail here");
    if (!vm->limits.is_front && vm->nmails >= vm->limits.mails)
        return luaL_error(L, "myna.mail: over %d mails in one call (script-mails)",
                          vm->limits.mails);
    if (waits)
        return wait_for(L, &ask);
    err = take(vm, &ask, NULL, &op);
    if (err != 0)
        return refuse_for(L, err);
    vm->nmails++;
    lua_pushboolean(L, true);
    return 1;
}

void mn_lib_mail(lua_State *L)
{
    luaL_newmetatable(L, TYPE);
    lua_pushcfunction(L, collect);
    lua_setfield(L, -2, "__gc");
    lua_pop(L, 1);
    lua_pushcfunction(L, mail);
    lua_setfield(L, -2, "mail");
}
