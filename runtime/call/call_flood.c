/* call_flood.c - a caller who sends more than any conversation needs. */
#include "call/call_parts.h"
#include "call/rate.h"

/* A file may be sent in one go: what is held back is ten seconds' worth. */
#define WINDOW_S  10
#define SECOND_US 1000000

static bool take(int64_t per_second, int64_t *full_at, int64_t now_us, int64_t n)
{
    const struct mn_rate rate = {.per = per_second * WINDOW_S, .window = WINDOW_S * SECOND_US};

    return mn_rate_take(rate, full_at, now_us, n, NULL);
}

bool mn_call_bears(struct mn_call *c, size_t bytes)
{
    const struct mn_call_limits *limits = c->world->limits;
    int64_t now_us = mn_clock_now(c->world->clock) * 1000;
    const struct mn_fault fault = {.type = "rate_limit_error",
                                   .code = "rate_limit_exceeded",
                                   .message = "More was sent than a call may take."};
    bool frames = take(limits->frames, &c->frames_at, now_us, 1);

    if (frames && take(limits->bytes, &c->bytes_at, now_us, (int64_t)bytes))
        return true;
    MN_LOG(c->world->log, WARN, c->id, "the caller sends too much; closing",
           {"option", frames ? MN_STR("caller-bytes") : MN_STR("caller-frames")});
    mn_call_refuse(c, &fault);
    mn_call_end(c, 1008, "more was sent than a call may take");
    return false;
}
