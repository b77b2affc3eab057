/* trace.c - the author's lines behind trace.h. Frames of the SDK are left out: its
 * bytecode holds no lines; the files scenarios are written with are known by their path. */
#include "script/trace.h"

#include "script/vm.h"

#include <stdio.h>

#define SDK        "lua/myna/" /* how the paths of the SDK's files begin */
#define FRAMES_MAX 30          /* of a traceback */

bool mn_trace_where(lua_State *L, char *out, size_t size)
{
    lua_Debug ar;

    for (int level = 0; lua_getstack(L, level, &ar); level++) {
        lua_getinfo(L, "Sl", &ar);
        if (ar.currentline < 0 || strncmp(ar.source + 1, SDK, strlen(SDK)) == 0)
            continue;
        snprintf(out, size, "%s:%d", ar.source + 1, ar.currentline);
        return true;
    }
    return false;
}

static void add_frame(struct mn_buf *out, const lua_Debug *ar)
{
    mn_buf_addf(out, "\n  %s:%d: in ", ar->source + 1, ar->currentline);
    if (*ar->namewhat != '\0')
        mn_buf_addf(out, "%s '%s'", ar->namewhat, ar->name);
    else if (*ar->what == 'm')
        mn_buf_add_text(out, "the file's own lines");
    else
        mn_buf_addf(out, "the function at line %d", ar->linedefined);
    if (ar->istailcall)
        mn_buf_add_text(out, " (its caller was replaced by a tail call)");
}

/* Whether text begins with "file:line: ". */
static bool has_place(const char *text)
{
    const char *colon = strchr(text, ':');
    size_t digits = colon != NULL ? strspn(colon + 1, "0123456789") : 0;

    return digits > 0 && strncmp(colon + 1 + digits, ": ", 2) == 0;
}

void mn_trace_place(lua_State *co, const char *message, struct mn_buf *out)
{
    char at[512];

    if (message == NULL)
        message = "(an error that is not text)";
    if (strncmp(message, "?:-1: ", 6) == 0) /* the SDK's own bytecode holds no lines */
        message += 6;
    else if (strncmp(message, SDK, strlen(SDK)) == 0 && has_place(message))
        message = strstr(message, ": ") + 2;
    if (!has_place(message) && mn_trace_where(co, at, sizeof(at)))
        mn_buf_addf(out, "%s: ", at);
    mn_buf_add_text(out, message);
}

void mn_trace(lua_State *co, const char *message, struct mn_buf *out)
{
    mn_trace_place(co, message, out);
    mn_trace_frames(co, out);
}

void mn_trace_frames(lua_State *co, struct mn_buf *out)
{
    lua_Debug ar;
    int frames = 0;

    for (int level = 0; frames < FRAMES_MAX && lua_getstack(co, level, &ar); level++) {
        lua_getinfo(co, "Slnt", &ar);
        if (ar.currentline < 0 || strncmp(ar.source + 1, SDK, strlen(SDK)) == 0)
            continue;
        add_frame(out, &ar);
        frames++;
    }
}

void mn_trace_mask(const struct mn_vm *vm, struct mn_buf *text)
{
    mn_bundle_mask(vm->bundle, text);
}
