/* natives.h - the C functions the SDK is built on, one file each: lib_<name>.c. They are small and
 * ugly; lua/myna gives them manners. Agents never see them.
 *
 * Each registers its functions in the table on top of the stack. lua/meta/native.lua types them. */
#ifndef MN_SCRIPT_NATIVES_H
#define MN_SCRIPT_NATIVES_H

#include <lua.h>

/* What the model reads of a failure nobody has better words for. */
extern const char mn_safe_words[];

void mn_lib_all(lua_State *L);       /* all */
void mn_lib_await(lua_State *L);     /* await */
void mn_lib_bytes(lua_State *L);     /* sha256, hmac, b64_encode, b64_decode */
void mn_lib_calls(lua_State *L);     /* serves, calls, call_ask */
void mn_lib_file(lua_State *L);      /* page, main, text, variable */
void mn_lib_event(lua_State *L);     /* event_names, agent */
void mn_lib_field(lua_State *L);     /* field_line */
void mn_lib_history(lua_State *L);   /* history */
void mn_lib_http(lua_State *L);      /* http */
void mn_lib_index(lua_State *L);     /* index */
void mn_lib_json(lua_State *L);      /* encode, decode, arguments, null, array */
void mn_lib_log(lua_State *L);       /* log, where, traceback */
void mn_lib_mail(lua_State *L);      /* mail */
void mn_lib_order(lua_State *L);     /* order, of_tool, trace */
void mn_lib_picture(lua_State *L);   /* show, picture_type */
void mn_lib_play(lua_State *L);      /* play */
void mn_lib_served(lua_State *L);    /* served */
void mn_lib_shared(lua_State *L);    /* shared */
void mn_lib_sleep(lua_State *L);     /* sleep */
void mn_lib_semaphore(lua_State *L); /* semaphore, acquire, release */
void mn_lib_spawn(lua_State *L);     /* spawn, stop */
void mn_lib_store(lua_State *L);     /* keep, keeps, search */
void mn_lib_stream(lua_State *L);    /* stream_read, stream_close */
void mn_lib_token(lua_State *L);     /* token */
void mn_lib_time(lua_State *L);      /* now, wall, left; os of the authors */
void mn_lib_call(lua_State *L);      /* checking, loading, nearest, notes, call, user, warn */

/* These replace functions of the standard libraries in the authors' globals. */
void mn_lib_base(lua_State *L);
void mn_lib_string(lua_State *L);
void mn_lib_table(lua_State *L);
void mn_lib_coroutine(lua_State *L);
void mn_lib_ordered(lua_State *L); /* in tests only: pairs, next, tostring without addresses */

#endif
