/* lib_field.c - native.field_line: on which line of a page a field was written. Lua knows the line
 * a call began on; the fields of its table have none, so the page's text is searched from there. */
#include "script/natives.h"
#include "script/vm.h"

#include <ctype.h>
#include <lauxlib.h>
#include <stdlib.h>

static bool is_word(char c)
{
    return isalnum((unsigned char)c) || c == '_';
}

/* Whether a line of source gives a field its value: name = ..., and not name == ... */
static bool gives_field(struct mn_str line, struct mn_str name)
{
    const char *at = line.p, *end = line.p + line.n, *after;

    while ((at = memmem(at, (size_t)(end - at), name.p, name.n)) != NULL) {
        after = at + name.n;
        if ((at == line.p || !is_word(at[-1])) && (after == end || !is_word(*after))) {
            while (after < end && strchr(" ]\"'", *after) != NULL)
                after++;
            if (after < end && *after == '=' && (after + 1 == end || after[1] != '='))
                return true;
        }
        at++;
    }
    return false;
}

/* field_line(place, name): where the field stands in the table written at place ("file:line"), as
 * far as its text tells; else place itself. */
static int field_line(lua_State *L)
{
    const char *place = luaL_checkstring(L, 1), *colon = strrchr(place, ':');
    const struct mn_shelf_item *source = NULL;
    struct mn_str name, text, line;
    int from, number = 1;

    name.p = luaL_checklstring(L, 2, &name.n);
    lua_settop(L, 1);
    if (colon != NULL)
        source = mn_shelf_find(&mn_vm_of(L)->bundle->shelf, MN_SHELF_SOURCE,
                               (struct mn_str){place, (size_t)(colon - place)});
    if (source == NULL || name.n == 0)
        return 1;
    from = (int)strtol(colon + 1, NULL, 10);
    for (text = mn_buf_str(&source->bytes); text.n > 0; number++) {
        const char *end = memchr(text.p, '\n', text.n);

        line = (struct mn_str){text.p, end != NULL ? (size_t)(end - text.p) : text.n};
        if (number >= from && gives_field(line, name)) {
            lua_pushfstring(L, "%s:%d", source->name, number);
            return 1;
        }
        text.p += line.n + (end != NULL);
        text.n -= line.n + (end != NULL);
    }
    return 1;
}

void mn_lib_field(lua_State *L)
{
    lua_pushcfunction(L, field_line);
    lua_setfield(L, -2, "field_line");
}
