/* link.c - who listens to a link that nobody has taken. */
#include "io/link.h"

static void hear_nothing(struct mn_link *link, struct mn_str text)
{
    (void)link, (void)text;
}

static void close_nothing(struct mn_link *link, int code, struct mn_str reason, int err)
{
    (void)link, (void)code, (void)reason, (void)err;
}

const struct mn_link_events mn_link_nobody = {
    .on_message = hear_nothing,
    .on_binary = hear_nothing,
    .on_close = close_nothing,
};
