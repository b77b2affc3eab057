/* lib_picture.c - native.picture_type(bytes) and native.show(bytes, text, path): pictures for the
 * model, through the ports. */
#include "base/b64.h"
#include "base/err.h"
#include "core/session.h"
#include "script/natives.h"
#include "script/vm.h"

#include <errno.h>
#include <lauxlib.h>

/* How the kinds of files begin, and what the Realtime API calls those it takes. */
static const struct {
    const char *begins;
    size_t n;
    const char *type, *name;
} kinds[] = {
    {"\x89PNG\r\n\x1a\n", 8, "image/png", "a PNG"},
    {"\xff\xd8\xff", 3, "image/jpeg", "a JPEG"},
    {"GIF87a", 6, NULL, "a GIF"},
    {"GIF89a", 6, NULL, "a GIF"},
    {"RIFF", 4, NULL, "a WebP"},
    {"BM", 2, NULL, "a BMP"},
};

/* NULL with what it is instead. */
static const char *type_of(struct mn_str bytes, const char **instead)
{
    *instead = "something else";
    for (size_t i = 0; i < sizeof(kinds) / sizeof(kinds[0]); i++) {
        if (bytes.n < kinds[i].n || memcmp(bytes.p, kinds[i].begins, kinds[i].n) != 0)
            continue;
        *instead = kinds[i].name;
        return kinds[i].type;
    }
    return NULL;
}

static int picture_type(lua_State *L)
{
    const char *type, *instead;
    struct mn_str bytes;

    bytes.p = luaL_checklstring(L, 1, &bytes.n);
    type = type_of(bytes, &instead);
    lua_pushstring(L, type);
    lua_pushfstring(L, "expected the bytes of a PNG or a JPEG, got %s", instead);
    return 2;
}

/* The file's bytes, or the given ones; else what is wrong in the scratch buffer. */
static int take_bytes(struct mn_vm *vm, const char *path, struct mn_str given, struct mn_buf *file,
                      struct mn_str *out)
{
    size_t most = vm->limits.picture_bytes;
    int err = 0;

    mn_buf_clear(&vm->scratch);
    if (path != NULL)
        err = mn_root_read_upto(&vm->bundle->folder.app, path, most, file, &vm->scratch);
    *out = path != NULL ? mn_buf_str(file) : given;
    if (err == MN_ELIMIT || out->n > most) {
        mn_buf_clear(&vm->scratch);
        mn_buf_addf(&vm->scratch, "%s has more than the %zu bytes a picture may (script-picture)",
                    path != NULL ? path : "it", most);
        err = MN_ELIMIT;
    }
    return err;
}

static int show_bytes(struct mn_vm *vm, struct mn_str bytes, struct mn_str text)
{
    struct mn_buf url = {0};
    const char *instead, *type = type_of(bytes, &instead);
    int err = MN_ECLOSED;

    if (type == NULL) {
        mn_buf_addf(&vm->scratch, "expected a PNG or a JPEG, got %s", instead);
        return MN_ECONFIG;
    }
    mn_buf_addf(&url, "data:%s;base64,", type);
    mn_b64_encode(&url, bytes.p, bytes.n);
    if (url.err != 0)
        err = url.err;
    else if (vm->ports != NULL && vm->ports->picture != NULL)
        err = vm->ports->picture(vm->ports->owner,
                                 &(struct mn_picture){.url = mn_buf_str(&url), .text = text});
    mn_buf_free(&url);
    return err;
}

/* Why one that is right is not shown. */
static const char *reason(int err)
{
    switch (err) {
    case MN_EREFUSED:
        return "the model's API (beta) takes no pictures";
    case MN_EPROTOCOL:
        return "there is no connection to the model just now";
    case MN_ELIMIT:
        return "too much waits to be sent to the model";
    default:
        return mn_strerror(err);
    }
}

/* True; nil and why it is not shown; or false and what is wrong with it. */
static int show(lua_State *L)
{
    struct mn_vm *vm = mn_vm_of(L);
    const char *path = luaL_optstring(L, 3, NULL);
    struct mn_str given, bytes, text;
    struct mn_buf file = {0};
    int err;

    given.p = luaL_optlstring(L, 1, "", &given.n);
    text.p = luaL_optlstring(L, 2, "", &text.n);
    if (vm->loading)
        return luaL_error(L, "ctx:send_image cannot be used while a file is loading: use it in a "
                             "function that is given ctx");
    err = take_bytes(vm, path, given, &file, &bytes);
    if (err == 0)
        err = show_bytes(vm, bytes, text);
    mn_buf_free(&file);
    if (err == 0) {
        lua_pushboolean(L, true);
        return 1;
    }
    if (vm->scratch.n > 0) {
        lua_pushboolean(L, false);
        lua_pushlstring(L, vm->scratch.p, vm->scratch.n);
        return 2;
    }
    lua_pushnil(L);
    lua_pushstring(L, reason(err));
    return 2;
}

void mn_lib_picture(lua_State *L)
{
    lua_pushcfunction(L, show);
    lua_setfield(L, -2, "show");
    lua_pushcfunction(L, picture_type);
    lua_setfield(L, -2, "picture_type");
}
