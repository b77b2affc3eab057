/* dialect_asked.c - beta is asked for by name; a browser, which can set no header, offers it. */
#include "call/dialect_asked.h"

enum mn_dialect mn_dialect_asked(struct mn_exchange *x, enum mn_dialect otherwise)
{
    struct mn_str offer = mn_exchange_offer(x, 0);

    if (mn_str_is(mn_exchange_header(x, "openai-beta"), "realtime=v1"))
        return MN_BETA;
    for (int i = 1; offer.p != NULL; i++) {
        if (mn_str_is(offer, "openai-beta.realtime-v1"))
            return MN_BETA;
        offer = mn_exchange_offer(x, i);
    }
    return otherwise;
}
