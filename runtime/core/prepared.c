/* prepared.c - what an agent is right now: the answer to a PREPARE (R20, R26, R27). */
#include "core/session_parts.h"

#include <errno.h>

int mn_prepared_take(struct mn_prepared *p, const struct mn_input *in)
{
    if (mn_buf_add_str(&p->instructions, in->text) != 0 ||
        mn_buf_add_str(&p->tools, in->tools) != 0 || mn_buf_add_str(&p->prompt, in->prompt) != 0)
        return -ENOMEM;
    return 0;
}

bool mn_prepared_is(const struct mn_prepared *p, const struct mn_input *in)
{
    return mn_str_same(in->text, mn_buf_str(&p->instructions)) &&
           mn_str_same(in->tools, mn_buf_str(&p->tools)) &&
           mn_str_same(in->prompt, mn_buf_str(&p->prompt));
}

void mn_prepared_free(struct mn_prepared *p)
{
    mn_buf_free(&p->instructions);
    mn_buf_free(&p->tools);
    mn_buf_free(&p->prompt);
}
