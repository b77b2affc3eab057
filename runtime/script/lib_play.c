/* lib_play.c - native.play(path, words, whole): a recording of the app's folder is to be played to
 * the caller (R9), through the ports. */
#include "base/err.h"
#include "core/session.h"
#include "script/natives.h"
#include "script/vm.h"

#include <errno.h>
#include <lauxlib.h>

static int number_of(struct mn_vm *vm, const char *path)
{
    const struct mn_sound_limits limits = {.file_bytes = vm->limits.sound_bytes,
                                           .all_bytes = vm->limits.sounds_bytes,
                                           .ms = vm->limits.sound_ms};

    mn_buf_clear(&vm->scratch);
    return mn_sounds_get(&vm->bundle->sounds, &vm->bundle->folder.app, path, &limits, &vm->scratch);
}

static int order(struct mn_vm *vm, int number, struct mn_recording *play)
{
    const struct mn_sound *sound = mn_sounds_at(&vm->bundle->sounds, number);

    play->sound = number;
    play->samples_24k = mn_sound_samples(sound, 24000);
    play->samples_8k = mn_sound_samples(sound, 8000);
    if (vm->ports == NULL || vm->ports->play == NULL)
        return MN_ECLOSED;
    return vm->ports->play(vm->ports->owner, play);
}

/* True; nil and why it is not played; or false and what is wrong with the file. */
static int play(lua_State *L)
{
    struct mn_vm *vm = mn_vm_of(L);
    struct mn_recording wish = {.whole = lua_toboolean(L, 3)};
    int number, err;

    wish.path.p = luaL_checklstring(L, 1, &wish.path.n);
    wish.words.p = luaL_optlstring(L, 2, "", &wish.words.n);
    if (vm->loading)
        return luaL_error(L, "ctx:play cannot be used while a file is loading: use it in a "
                             "function that is given ctx");
    number = number_of(vm, wish.path.p);
    if (number < 0) {
        lua_pushboolean(L, false);
        lua_pushlstring(L, vm->scratch.n > 0 ? vm->scratch.p : "", vm->scratch.n);
        return 2;
    }
    err = order(vm, number, &wish);
    if (err == 0) {
        lua_pushboolean(L, true);
        return 1;
    }
    lua_pushnil(L);
    lua_pushstring(L, err == MN_EPROTOCOL ? "this call is typed, or direct: nothing of ours is "
                                            "heard in it"
                                          : mn_strerror(err));
    return 2;
}

void mn_lib_play(lua_State *L)
{
    lua_pushcfunction(L, play);
    lua_setfield(L, -2, "play");
}
