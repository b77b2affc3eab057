/* convert.h - Lua values as JSON and back.
 *
 * Integers are exact to 64 bits, 5.0 is written 5, keys are sorted, so that the same value is the
 * same bytes in every call. An empty table is {}; a table marked by myna.array is a list. */
#ifndef MN_SCRIPT_CONVERT_H
#define MN_SCRIPT_CONVERT_H

#include "base/json.h"

#include <lua.h>

#define MN_CONVERT_DEPTH 32

/* Registry: the metatable of arrays. */
#define MN_ARRAY_MT "myna.array"

/* Pushes what stands for null: a light userdata, equal only to itself. */
static inline void mn_push_null(lua_State *L)
{
    lua_pushlightuserdata(L, NULL);
}

/* Appends the value at index. label opens the path in messages ("result"). Raises for what JSON
 * cannot hold, naming the path: "result.rows[3].when: a function". out's failure sticks in it. */
void mn_to_json(lua_State *L, int index, const char *label, struct mn_buf *out);

/* Pushes the value text stands for. Members that are null are left out, null in a list is
 * myna.null; a whole number past 64 bits is a float, one past a float refused. Returns 0, or
 * MN_EJSON or MN_ELIMIT with nothing pushed. Raises only when out of memory; uses
 * mn_vm_of(L)->scratch. */
int mn_push_json(lua_State *L, struct mn_str text, struct mn_json_fault *why);

/* The same in a state that has no vm: scratch is anything that outlives a raised error, and the
 * metatable MN_ARRAY_MT must be there. */
int mn_push_json_with(lua_State *L, struct mn_str text, struct mn_buf *scratch,
                      struct mn_json_fault *why);

#endif
