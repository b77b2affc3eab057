/* stage_token.c - tokens as a scenario has them: "ek_scenario_1" and on. They open nothing. */
#include "base/json_write.h"
#include "sim/stage_parts.h"

#include <stdio.h>

int mn_stage_token(void *stage, struct mn_str app, struct mn_str ask, struct mn_buf *out,
                   struct mn_buf *why)
{
    struct mn_stage *st = stage;
    struct mn_writer w = mn_writer(out);
    struct mn_json *read;
    char value[32];
    int err = mn_json_parse(&read, ask, &mn_json_frame, NULL);

    (void)app, (void)why;
    if (err != 0)
        return err;
    snprintf(value, sizeof(value), "ek_scenario_%d", ++st->ntokens);
    mn_write_open(&w, NULL, '{');
    mn_write_text(&w, "value", value);
    mn_write_int(&w, "expires_at",
                 (mn_clock_wall(&st->clock) + mn_json_int(read, "ttl_ms", 0) + 999) / 1000);
    mn_write_close(&w);
    mn_json_free(read);
    return out->err;
}
