/* json_mask.c - a secret as each level of quoting writes it, replaced. */
#include "base/json_mask.h"

#include "base/json_write.h"

#define LEVELS 3 /* as it is, in a string, in a string's string */

static void replace(struct mn_buf *text, struct mn_str what, const char *shown)
{
    const char *p = text->p, *end = text->p + text->n, *at;
    struct mn_buf masked = {0};

    at = text->n > 0 ? memmem(p, text->n, what.p, what.n) : NULL;
    if (at == NULL)
        return;
    for (; at != NULL; at = memmem(p, (size_t)(end - p), what.p, what.n)) {
        mn_buf_add(&masked, p, (size_t)(at - p));
        mn_buf_add_text(&masked, shown);
        p = at + what.n;
    }
    mn_buf_add(&masked, p, (size_t)(end - p));
    mn_buf_clear(text);
    if (masked.err == 0)
        mn_buf_add_str(text, mn_buf_str(&masked));
    mn_buf_free(&masked);
}

void mn_json_mask(struct mn_buf *json, struct mn_str secret, const char *shown)
{
    struct mn_buf written[LEVELS] = {0};
    int err = mn_buf_add_str(&written[0], secret);

    if (secret.n < MN_MASK_MIN || json->n == 0)
        err = -1;
    for (int i = 0; i < LEVELS && err == 0; i++) {
        struct mn_str form = mn_buf_str(&written[i]);

        if (i > 0) { /* without its quotes */
            form.p++;
            form.n -= 2;
        }
        replace(json, form, shown);
        if (i + 1 < LEVELS)
            err = mn_json_quote(&written[i + 1], form);
    }
    for (int i = 0; i < LEVELS; i++)
        mn_buf_free(&written[i]);
}
