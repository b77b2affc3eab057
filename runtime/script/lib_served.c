/* lib_served.c - native.served(path): a file of the app's folder for a route's reply, as it is on
 * disk now. Hidden files and the app's own code are not given out, whoever asks. */
#include "base/err.h"
#include "script/natives.h"
#include "script/vm.h"

#include <lauxlib.h>

static bool is_given_out(struct mn_str path)
{
    const char *from = path.p;

    for (size_t i = 0; i <= path.n; i++) {
        if (i < path.n && path.p[i] == '\0')
            return false;
        if (i < path.n && path.p[i] != '/')
            continue;
        if (*from == '.')
            return false;
        from = path.p + i + 1;
    }
    return path.n < 4 || memcmp(path.p + path.n - 4, ".lua", 4) != 0;
}

/* Gives its bytes; or nil and why not. */
static int served(lua_State *L)
{
    struct mn_vm *vm = mn_vm_of(L);
    struct mn_str path;
    struct mn_buf what = {0};
    int err = MN_EREFUSED;

    path.p = luaL_checklstring(L, 1, &path.n);
    mn_buf_clear(&vm->scratch);
    if (is_given_out(path))
        err = mn_root_read(&vm->bundle->folder.app, path.p, &vm->scratch, &what);
    mn_buf_free(&what);
    if (err != 0) {
        lua_pushnil(L);
        lua_pushstring(L, err == MN_EABSENT ? "there is no such file" : mn_strerror(err));
        return 2;
    }
    lua_pushlstring(L, vm->scratch.n != 0 ? vm->scratch.p : "", vm->scratch.n);
    return 1;
}

void mn_lib_served(lua_State *L)
{
    lua_pushcfunction(L, served);
    lua_setfield(L, -2, "served");
}
