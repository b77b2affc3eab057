/* call_away.c - the caller's end, while there is none (R63).
 *
 * A caller who asked for myna.* events is told a token. Lost without a farewell, they may dial in
 * again and present it; until then audio stands still in its queue, and what they are told is kept
 * and told when they are back. */
#include "call/call_parts.h"

#include "base/err.h"
#include "base/json_write.h"
#include "base/sha256.h"

#include <inttypes.h>
#include <stdio.h>

/* Events of half a minute, without audio. */
#define MISSED_BYTES (1 << 20)

/* A client closes with these when it means to (RFC 6455, 7.4.1). */
enum { WENT_NORMALLY = 1000, GAVE_NO_CODE = 1005 };

static int new_token(struct mn_call *c)
{
    struct mn_world *world = c->world;
    uint64_t secret[2] = {mn_random_next(&c->random), mn_random_next(&c->random)};
    int err = world->secret != NULL ? world->secret(world->owner, secret) : 0;

    if (err == 0)
        snprintf(c->away.token, sizeof(c->away.token), "%016" PRIx64 "%016" PRIx64, secret[0],
                 secret[1]);
    return err;
}

void mn_call_offer_resume(struct mn_call *c)
{
    int64_t resume_ms = mn_bundle_spec(c->bundle)->resume_ms;
    struct mn_buf event = {0};
    struct mn_writer w = mn_writer(&event);

    c->away.token[0] = '\0';
    if (!c->notes || resume_ms <= 0 || new_token(c) != 0)
        return;
    mn_write_open(&w, NULL, '{');
    mn_write_text(&w, "type", "myna.session.resumable");
    mn_write_text(&w, "session_id", c->id);
    mn_write_text(&w, "resume", c->away.token);
    mn_write_num(&w, "seconds", (double)resume_ms / 1000);
    mn_write_close(&w);
    if (event.err == 0)
        mn_call_tell(c, mn_buf_str(&event));
    mn_buf_free(&event);
}

void mn_call_lost_caller(struct mn_call *c, int code, int err)
{
    bool meant = code == WENT_NORMALLY || code == GAVE_NO_CODE;

    if (!meant && err == 0)
        err = MN_ECLOSED;
    if (!meant && c->away.token[0] != '\0') {
        c->away.gone = true;
        c->away.since_ms = mn_clock_now(c->world->clock);
        mn_pacing_pause(&c->to_caller);
    }
    mn_call_feed(c, &(struct mn_input){.type = MN_IN_CALLER_LOST, .err = meant ? 0 : err});
}

bool mn_call_keep_missed(struct mn_call *c, struct mn_str event)
{
    struct mn_buf *missed = &c->away.missed;

    if (!c->away.gone || c->caller != NULL)
        return false;
    if (missed->n + event.n > MISSED_BYTES) {
        mn_call_end(c, 1011, "the caller missed too much");
        return true;
    }
    mn_buf_add(missed, &event.n, sizeof(event.n));
    if (mn_buf_add_str(missed, event) != 0)
        mn_call_end(c, 1011, "out of memory");
    return true;
}

static void tell_missed(struct mn_call *c)
{
    struct mn_buf missed = c->away.missed;
    size_t n = 0;

    c->away.missed = (struct mn_buf){0};
    for (size_t at = 0; at < missed.n; at += sizeof(n) + n) {
        memcpy(&n, missed.p + at, sizeof(n));
        mn_call_send(c, (struct mn_str){missed.p + at + sizeof(n), n});
    }
    mn_buf_free(&missed);
}

bool mn_call_takes(const struct mn_call *c, struct mn_str token)
{
    return !c->ending && c->away.token[0] != '\0' && token.n == strlen(c->away.token) &&
           mn_same_secret(token.p, c->away.token, token.n);
}

/* Half open: their network changed, and their old connection has not been heard to end. */
static void leave_old(struct mn_call *c)
{
    struct mn_link *old = c->caller;

    c->caller = NULL;
    c->closing++;
    mn_link_close(old, 1000, MN_STR("the caller is back on another connection"));
    mn_call_lost_caller(c, MN_LINK_VANISH, MN_ECLOSED);
}

int mn_call_return(struct mn_call *c, struct mn_link *caller, struct mn_str token)
{
    if (!mn_call_takes(c, token))
        return MN_EABSENT;
    if (c->caller != NULL)
        leave_old(c);
    if (c->ending)
        return MN_EABSENT;
    c->caller = caller;
    c->caller->events = &mn_call_caller_events;
    c->caller->owner = c;
    c->away.gone = false;
    MN_LOG(c->world->log, INFO, c->id, "the caller is back",
           {"after_ms", .i = mn_clock_now(c->world->clock) - c->away.since_ms, .is_int = true});
    mn_call_feed(c, &(struct mn_input){.type = MN_IN_CALLER_BACK});
    mn_call_offer_resume(c);
    tell_missed(c);
    if (mn_pacing_resume(&c->to_caller, mn_clock_now(c->world->clock) - c->away.since_ms) != 0)
        mn_call_end(c, 1011, "out of memory");
    return 0;
}

void mn_call_free_away(struct mn_call *c)
{
    mn_buf_free(&c->away.missed);
}
