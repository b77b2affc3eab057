/* seats.c - whether one call more may be opened for whoever asks. */
#include "call/seats.h"

#include "call/principal.h"
#include "call/worker_parts.h"

#include <arpa/inet.h>
#include <inttypes.h>
#include <stdio.h>

static uint32_t key_of(uint64_t seat)
{
    return (uint32_t)(seat >> 32);
}

static uint32_t address_of(uint64_t seat)
{
    return (uint32_t)seat;
}

void mn_seat_leave(struct mn_commons *c, uint64_t seat)
{
    mn_meter_leave(c, key_of(seat));
    mn_meter_leave(c, address_of(seat));
}

void mn_seat_address(struct mn_str peer, char out[64])
{
    static const unsigned char mapped[12] = {0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0xff, 0xff};
    unsigned char b[16];

    snprintf(out, 64, "%.*s", (int)(peer.n < 63 ? peer.n : 63), peer.n > 0 ? peer.p : "");
    if (inet_pton(AF_INET6, out, b) != 1)
        return;
    if (memcmp(b, mapped, sizeof(mapped)) == 0)
        snprintf(out, 64, "%d.%d.%d.%d", b[12], b[13], b[14], b[15]);
    else
        snprintf(out, 64, "%02x%02x:%02x%02x:%02x%02x:%02x%02x", b[0], b[1], b[2], b[3], b[4], b[5],
                 b[6], b[7]);
}

/* Whole seconds, and never none. */
static int64_t seconds(int64_t ms)
{
    return ms > 0 ? (ms + 999) / 1000 : 1;
}

static void refuse(struct mn_worker *w, struct mn_exchange *x, const char *whose, int64_t wait_ms)
{
    char message[128];

    snprintf(message, sizeof(message), "Too many calls from this %s. Try again in %" PRId64 " s.",
             whose, seconds(wait_ms));
    MN_LOG(w->log, WARN, NULL, "a call was refused: over the limits", {"of", mn_str(whose)},
           {"key", mn_str(mn_principal_of(x)->key)}, {"peer", mn_exchange_peer(x)});
    mn_exchange_refuse_for(x, 429, "rate_limit_exceeded", message, seconds(wait_ms));
}

/* Counts the call on both meters, or on none. Returns 0, or the ms to wait, with whose fault. */
static int64_t sit(struct mn_worker *w, struct mn_principal *p, struct mn_str peer,
                   const char **whose)
{
    const struct mn_settings *s = w->settings;
    const struct mn_meter_limits of_key = {
        .calls = p->limits.calls > 0 ? p->limits.calls : s->key_calls,
        .connects = p->limits.connects > 0 ? p->limits.connects : s->key_connects,
    };
    const struct mn_meter_limits of_address = {s->address_calls, s->address_connects};
    int64_t now_ms = mn_clock_wall(w->world.clock), wait;
    uint32_t key = MN_METER_NONE, address;
    char where[64];

    mn_seat_address(peer, where);
    address = mn_meter_of(w->commons, 'a', mn_str(where), now_ms);
    *whose = "address";
    wait = mn_meter_enter(w->commons, address, &of_address, now_ms);
    if (wait > 0)
        return wait;
    if (p->key[0] != '\0')
        key = mn_meter_of(w->commons, 'k', mn_str(p->key), now_ms);
    *whose = "key";
    wait = mn_meter_enter(w->commons, key, &of_key, now_ms);
    if (wait > 0) {
        mn_meter_leave(w->commons, address);
        return wait;
    }
    p->commons = w->commons;
    p->seat = (uint64_t)key << 32 | address;
    p->seated = true;
    return 0;
}

bool mn_worker_let_in(struct mn_worker *w, struct mn_exchange *x)
{
    struct mn_principal *p = mn_principal_of(x);
    const char *whose;
    int64_t wait_ms;

    if (mn_worker_turns_away(w, x))
        return false;
    wait_ms = sit(w, p, mn_exchange_peer(x), &whose);
    if (wait_ms > 0) {
        refuse(w, x, whose, wait_ms);
        return false;
    }
    if (!p->single_use || mn_token_spend(w->commons, &p->token))
        return true;
    mn_exchange_refuse(x, 401, NULL, "token_used", "This token was for one call, and was used.");
    return false;
}
