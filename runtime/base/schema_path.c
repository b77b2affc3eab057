/* schema_path.c - where in a value or a schema something is wrong. */
#include "base/schema_tree.h"

#include "base/utf8.h"

#define KEY_MAX 100 /* bytes of a name that are shown */

static void add(const struct schema_path *at, struct mn_buf *out)
{
    if (at->up == NULL)
        return;
    add(at->up, out); /* as deep as the JSON is */
    if (at->key.p == NULL) {
        mn_buf_addf(out, "[%d]", at->index);
        return;
    }
    if (at->up->up != NULL)
        mn_buf_add_byte(out, '.');
    mn_buf_add_str(out, mn_utf8_cut(at->key, KEY_MAX));
}

void mn_schema_add_path(const struct schema_path *at, struct mn_buf *out)
{
    if (at->up == NULL)
        return;
    add(at, out);
    mn_buf_add_text(out, ": ");
}
