/* lib_time.c - native.now, wall, left; and the authors' os: time, date, clock on the call's clock
 * and in the app's time zone, so that tests can move them. */
#include "script/natives.h"
#include "script/task.h"
#include "script/vm.h"

#include <lauxlib.h>
#include <stdio.h>
#include <string.h>

static struct mn_vm *vm_with_time(lua_State *L, const char *name)
{
    struct mn_vm *vm = mn_vm_of(L);

    if (vm->loading || vm->clock == NULL)
        luaL_error(
            L, "%s cannot be used while a file is loading: use it in a function that is given ctx",
            name);
    return vm;
}

/* now() in ms, monotonic. */
static int now(lua_State *L)
{
    lua_pushinteger(L, mn_clock_now(vm_with_time(L, "the clock")->clock));
    return 1;
}

/* wall() in ms since 1970. */
static int wall(lua_State *L)
{
    lua_pushinteger(L, mn_clock_wall(vm_with_time(L, "the clock")->clock));
    return 1;
}

/* left(): ms the task has for requests, or nil when nothing limits it. */
static int left(lua_State *L)
{
    struct mn_vm *vm = vm_with_time(L, "the clock");

    if (vm->task == NULL || vm->task->deadline_ms == 0)
        return 0;
    lua_pushinteger(L, vm->task->deadline_ms - mn_clock_now(vm->clock));
    return 1;
}

/* is_zone(name) */
static int is_zone(lua_State *L)
{
    struct mn_zone zone;
    bool found = mn_zone_load(&zone, luaL_checkstring(L, 1)) == 0;

    if (found)
        mn_zone_free(&zone);
    lua_pushboolean(L, found);
    return 1;
}

static int os_clock(lua_State *L)
{
    lua_pushnumber(L, (lua_Number)mn_clock_now(vm_with_time(L, "os.clock")->clock) / 1000.0);
    return 1;
}

static int field(lua_State *L, const char *name, int otherwise, int shift)
{
    lua_Integer n = otherwise;
    int given = lua_getfield(L, 1, name) != LUA_TNIL, is_integer = 1;

    if (given)
        n = lua_tointegerx(L, -1, &is_integer);
    lua_pop(L, 1);
    if (!is_integer || n < -1000000 || n > 1000000)
        luaL_error(L, "os.time: field '%s' is not a whole number in range", name);
    if (!given && otherwise < 0)
        luaL_error(L, "os.time: field '%s' is missing", name);
    return (int)n - (given ? shift : 0);
}

static int os_time(lua_State *L)
{
    struct mn_vm *vm = vm_with_time(L, "os.time");
    struct tm tm = {0};

    if (lua_isnoneornil(L, 1)) {
        lua_pushinteger(L, mn_clock_wall(vm->clock) / 1000);
        return 1;
    }
    luaL_checktype(L, 1, LUA_TTABLE);
    tm.tm_year = field(L, "year", -1, 1900);
    tm.tm_mon = field(L, "month", -1, 1);
    tm.tm_mday = field(L, "day", -1, 0);
    tm.tm_hour = field(L, "hour", 12, 0);
    tm.tm_min = field(L, "min", 0, 0);
    tm.tm_sec = field(L, "sec", 0, 0);
    lua_pushinteger(L, mn_zone_unix(&vm->bundle->zone, &tm));
    return 1;
}

static void set(lua_State *L, const char *name, int value)
{
    lua_pushinteger(L, value);
    lua_setfield(L, -2, name);
}

static int push_table(lua_State *L, const struct tm *tm)
{
    lua_createtable(L, 0, 9);
    set(L, "year", tm->tm_year + 1900);
    set(L, "month", tm->tm_mon + 1);
    set(L, "day", tm->tm_mday);
    set(L, "hour", tm->tm_hour);
    set(L, "min", tm->tm_min);
    set(L, "sec", tm->tm_sec);
    set(L, "wday", tm->tm_wday + 1);
    set(L, "yday", tm->tm_yday + 1);
    lua_pushboolean(L, tm->tm_isdst > 0);
    lua_setfield(L, -2, "isdst");
    return 1;
}

static int push_text(lua_State *L, const char *format, const struct tm *tm)
{
    static const char known[] = "aAbBcCdDeFgGhHIjmMnprRStTuUVwWxXyYzZ%";
    luaL_Buffer out;

    luaL_buffinit(L, &out);
    for (; *format != '\0'; format++) {
        char conversion[3] = {'%', '\0', '\0'}, text[100];

        if (*format != '%') {
            luaL_addchar(&out, *format);
            continue;
        }
        conversion[1] = *++format;
        if (conversion[1] == '\0' || strchr(known, conversion[1]) == NULL)
            return luaL_error(L, "os.date: unknown conversion '%s'", conversion);
        luaL_addlstring(&out, text, strftime(text, sizeof(text), conversion, tm));
    }
    luaL_pushresult(&out);
    return 1;
}

static int os_date(lua_State *L)
{
    static const struct mn_zone utc;
    struct mn_vm *vm = vm_with_time(L, "os.date");
    const char *format = luaL_optstring(L, 1, "%c");
    lua_Integer at = luaL_optinteger(L, 2, mn_clock_wall(vm->clock) / 1000);
    bool is_utc = *format == '!';
    struct tm tm;

    luaL_argcheck(L, at >= -62135596800 && at <= 253402300799, 2, "outside the years 1 to 9999");
    mn_zone_calendar(is_utc ? &utc : &vm->bundle->zone, at, &tm);
    format += is_utc;
    return strncmp(format, "*t", 2) == 0 ? push_table(L, &tm) : push_text(L, format, &tm);
}

static int os_difftime(lua_State *L)
{
    lua_pushnumber(L, luaL_checknumber(L, 1) - luaL_optnumber(L, 2, 0));
    return 1;
}

void mn_lib_time(lua_State *L)
{
    static const luaL_Reg functions[] = {
        {"now", now}, {"wall", wall}, {"left", left}, {"is_zone", is_zone}, {NULL, NULL}};
    static const luaL_Reg os[] = {{"time", os_time},
                                  {"date", os_date},
                                  {"clock", os_clock},
                                  {"difftime", os_difftime},
                                  {NULL, NULL}};

    luaL_setfuncs(L, functions, 0);
    luaL_newlib(L, os);
    lua_setglobal(L, "os");
}
