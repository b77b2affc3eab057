/* trace.h - what the log is told of an error: in the author's files, and without secrets. Nothing
 * here raises or allocates in Lua. */
#ifndef MN_SCRIPT_TRACE_H
#define MN_SCRIPT_TRACE_H

#include "base/buf.h"

#include <lua.h>

struct mn_vm;

/* Appends an error's message: one that names a line of the SDK's, or none, gets the author's line
 * that runs in co. */
void mn_trace_place(lua_State *co, const char *message, struct mn_buf *out);

/* Appends the same and the frames of co that are the author's. Raises nothing. */
void mn_trace(lua_State *co, const char *message, struct mn_buf *out);
void mn_trace_frames(lua_State *co, struct mn_buf *out); /* the frames alone */

/* Writes the first frame of L outside the SDK as "file:line". Returns false when there is none. */
bool mn_trace_where(lua_State *L, char *out, size_t size);

/* Replaces what secrets hold by secret:NAME in text about to be logged. */
void mn_trace_mask(const struct mn_vm *vm, struct mn_buf *text);

#endif
