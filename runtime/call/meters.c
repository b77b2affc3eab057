/* meters.c - finding a meter and counting on it. */
#include "call/meters.h"

#include "base/sha256.h"
#include "call/rate.h"

#include <stdio.h>

#define REACH      16 /* meters that are looked at for one name */
#define MINUTE_MS  60000
#define DAY_MS     86400000
#define FULL_MS    1000 /* when calls are over is not known; a caller may look each second */
#define NAME_BYTES 256

uint64_t mn_meter_name(char kind, struct mn_str name)
{
    unsigned char digest[MN_SHA256_BYTES];
    char text[NAME_BYTES];
    uint64_t who = 0;
    int n = snprintf(text, sizeof(text), "%c%.*s", kind, (int)(name.n < 200 ? name.n : 200),
                     name.n > 0 ? name.p : "");

    (void)mn_sha256((struct mn_str){text, (size_t)n}, digest); /* zero is a name like others */
    memcpy(&who, digest, sizeof(who));
    return who | 1; /* never 0, which is nobody */
}

static bool stands_still(struct mn_meter *m, int64_t now_ms)
{
    return atomic_load(&m->calls) <= 0 && atomic_load(&m->connects_at) <= now_ms &&
           (atomic_load(&m->responses) == 0 || atomic_load(&m->responses_at) != now_ms / DAY_MS);
}

/* Gives a meter that nobody has, or one that stands still, to another name. */
static bool give(struct mn_meter *m, uint64_t who, bool fresh, int64_t now_ms)
{
    uint64_t was = atomic_load(&m->who);

    if ((fresh ? was != 0 : !stands_still(m, now_ms)) ||
        !atomic_compare_exchange_strong(&m->who, &was, who))
        return false;
    atomic_store(&m->connects_at, 0);
    atomic_store(&m->responses, 0);
    return true;
}

static uint32_t find(struct mn_commons *c, uint64_t who)
{
    uint32_t n = mn_commons_size(c)->meters;

    for (uint32_t i = 0; i < REACH && i < n; i++) {
        uint32_t at = (uint32_t)((who + i) % n);

        if (atomic_load(&mn_commons_meter(c, at)->who) == who)
            return at;
    }
    return MN_METER_NONE;
}

uint32_t mn_meter_found(struct mn_commons *c, char kind, struct mn_str name)
{
    return find(c, mn_meter_name(kind, name));
}

uint32_t mn_meter_of(struct mn_commons *c, char kind, struct mn_str name, int64_t now_ms)
{
    uint32_t n = mn_commons_size(c)->meters;
    uint64_t who = mn_meter_name(kind, name);
    uint32_t found = find(c, who);

    if (found != MN_METER_NONE)
        return found;
    for (uint32_t i = 0; n > 0 && i < 2 * REACH; i++) {
        uint32_t at = (uint32_t)((who + i % REACH) % n);

        if (give(mn_commons_meter(c, at), who, i < REACH, now_ms))
            return at;
    }
    return MN_METER_NONE;
}

/* Returns 0, or the ms until there is room. */
static int64_t connect(struct mn_meter *m, int64_t connects, int64_t now_ms)
{
    const struct mn_rate rate = {.per = connects, .window = MINUTE_MS};
    int64_t was = atomic_load(&m->connects_at), is, wait = 0;

    do {
        is = was;
        if (!mn_rate_take(rate, &is, now_ms, 1, &wait))
            return wait;
    } while (!atomic_compare_exchange_weak(&m->connects_at, &was, is));
    return 0;
}

int64_t mn_meter_enter(struct mn_commons *c, uint32_t meter, const struct mn_meter_limits *limits,
                       int64_t now_ms)
{
    struct mn_meter *m;
    int64_t wait;

    if (meter == MN_METER_NONE)
        return 0;
    m = mn_commons_meter(c, meter);
    if (atomic_fetch_add(&m->calls, 1) >= limits->calls && limits->calls > 0) {
        atomic_fetch_sub(&m->calls, 1);
        return FULL_MS;
    }
    wait = connect(m, limits->connects, now_ms);
    if (wait > 0)
        atomic_fetch_sub(&m->calls, 1);
    else
        atomic_fetch_add(mn_commons_share(c, meter), 1);
    return wait;
}

int64_t mn_meter_wrong(struct mn_commons *c, uint32_t meter, int64_t a_minute, int64_t now_ms)
{
    return meter != MN_METER_NONE ? connect(mn_commons_meter(c, meter), a_minute, now_ms) : 0;
}

int64_t mn_meter_look(struct mn_commons *c, uint32_t meter, int64_t a_minute, int64_t now_ms)
{
    const struct mn_rate rate = {.per = a_minute, .window = MINUTE_MS};
    int64_t at, wait = 0;

    if (meter == MN_METER_NONE)
        return 0;
    at = atomic_load(&mn_commons_meter(c, meter)->connects_at);
    return mn_rate_take(rate, &at, now_ms, 1, &wait) ? 0 : wait;
}

void mn_meter_leave(struct mn_commons *c, uint32_t meter)
{
    if (meter == MN_METER_NONE)
        return;
    atomic_fetch_sub(mn_commons_share(c, meter), 1);
    atomic_fetch_sub(&mn_commons_meter(c, meter)->calls, 1);
}

int64_t mn_meter_responses(struct mn_commons *c, uint32_t meter, int64_t now_ms)
{
    struct mn_meter *m;

    if (meter == MN_METER_NONE)
        return 0;
    m = mn_commons_meter(c, meter);
    return atomic_load(&m->responses_at) == now_ms / DAY_MS ? atomic_load(&m->responses) : 0;
}

void mn_meter_respond(struct mn_commons *c, uint32_t meter, int64_t tokens, int64_t now_ms)
{
    int64_t today = now_ms / DAY_MS, day;
    struct mn_meter *m;

    if (meter == MN_METER_NONE)
        return;
    m = mn_commons_meter(c, meter);
    day = atomic_load(&m->responses_at);
    if (day != today && atomic_compare_exchange_strong(&m->responses_at, &day, today))
        atomic_store(&m->responses, 0);
    atomic_fetch_add(&m->responses, tokens);
}
