/* lib_event.c - native.event_names, agent: what hooks on events (lua/myna/traffic.lua) ask. */
#include "core/event.h"
#include "script/natives.h"
#include "script/vm.h"

#include <lauxlib.h>

/* Of these a script would get 50 a second, for each caller. */
static bool is_audio(enum mn_event_type type)
{
    return type == MN_EV_INPUT_AUDIO_BUFFER_APPEND || type == MN_EV_RESPONSE_OUTPUT_AUDIO_DELTA;
}

/* event_names("client" or "server"): the events of that side by name; each is true, or "audio". */
static int event_names(lua_State *L)
{
    static const char *const sides[] = {"client", "server", NULL};
    enum mn_from from = luaL_checkoption(L, 1, NULL, sides) == 0 ? MN_FROM_CLIENT : MN_FROM_SERVER;

    lua_newtable(L);
    for (int type = MN_EV_UNKNOWN + 1; type < MN_EV_COUNT; type++) {
        const char *name = mn_event_wire((enum mn_event_type)type, MN_GA);

        if (name == NULL || mn_event_from((enum mn_event_type)type) != from)
            continue;
        if (is_audio((enum mn_event_type)type))
            lua_pushliteral(L, "audio");
        else
            lua_pushboolean(L, 1);
        lua_setfield(L, -2, name);
    }
    return 1;
}

/* agent(): the name of the agent who speaks now; nil while there is no call. */
static int agent(lua_State *L)
{
    struct mn_vm *vm = mn_vm_of(L);
    int place = -1;

    if (vm->ports != NULL && vm->ports->agent != NULL)
        place = vm->ports->agent(vm->ports->owner);
    if (place < 0 || place >= vm->bundle->spec.nagents)
        return 0;
    lua_pushstring(L, vm->bundle->spec.agents[place].name.p);
    return 1;
}

void mn_lib_event(lua_State *L)
{
    static const luaL_Reg functions[] = {
        {"event_names", event_names}, {"agent", agent}, {NULL, NULL}};

    luaL_setfuncs(L, functions, 0);
}
