/* visitors.c - connections and wrong keys, counted by address. */
#include "call/visitors.h"

#include "call/seats.h"
#include "call/worker_parts.h"

#include <inttypes.h>
#include <stdio.h>

#define WHERE_BYTES 64

bool mn_visitor_arrives(void *worker, struct mn_str peer, uint64_t *place)
{
    struct mn_worker *w = worker;
    const struct mn_meter_limits limits = {.calls = w->settings->address_connections};
    int64_t now_ms = mn_clock_wall(w->world.clock);
    char where[WHERE_BYTES];
    uint32_t meter;

    *place = MN_METER_NONE;
    if (limits.calls <= 0)
        return true;
    mn_seat_address(peer, where);
    meter = mn_meter_of(w->commons, 'c', mn_str(where), now_ms);
    if (mn_meter_enter(w->commons, meter, &limits, now_ms) > 0)
        return false;
    *place = meter;
    return true;
}

void mn_visitor_leaves(void *worker, uint64_t place)
{
    mn_meter_leave(((struct mn_worker *)worker)->commons, (uint32_t)place);
}

bool mn_visitor_is_shut_out(struct mn_worker *w, struct mn_exchange *x)
{
    int64_t limit = w->settings->address_wrong_keys, wait_ms;
    char where[WHERE_BYTES], message[128];
    uint32_t meter;

    if (limit <= 0)
        return false;
    mn_seat_address(mn_exchange_peer(x), where);
    meter = mn_meter_found(w->commons, 'w', mn_str(where));
    wait_ms = mn_meter_look(w->commons, meter, limit, mn_clock_wall(w->world.clock));
    if (wait_ms <= 0)
        return false;
    snprintf(message, sizeof(message),
             "Too many wrong keys from this address. Try again in %" PRId64 " s.",
             (wait_ms + 999) / 1000);
    mn_exchange_refuse_for(x, 429, "too_many_wrong_keys", message, (wait_ms + 999) / 1000);
    return true;
}

void mn_visitor_was_wrong(struct mn_worker *w, struct mn_exchange *x)
{
    int64_t limit = w->settings->address_wrong_keys, now_ms = mn_clock_wall(w->world.clock);
    char where[WHERE_BYTES];
    uint32_t meter;

    if (limit <= 0)
        return;
    mn_seat_address(mn_exchange_peer(x), where);
    meter = mn_meter_of(w->commons, 'w', mn_str(where), now_ms);
    (void)mn_meter_wrong(w->commons, meter, limit, now_ms);
    if (mn_meter_look(w->commons, meter, limit, now_ms) > 0)
        MN_LOG(w->log, WARN, NULL, "an address has tried too many wrong keys",
               {"peer", mn_exchange_peer(x)},
               {"hint", .s = MN_STR("behind a proxy all callers have its address: there set "
                                    "--address-wrong-keys 0")});
}
