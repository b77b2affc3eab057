/* phones.h - the calls that go on at a simulator that is served: a line (phone.h) for each call
 * that the API's other endpoints know of. */
#ifndef MN_SIM_PHONES_H
#define MN_SIM_PHONES_H

#include "sim/phone.h"
#include "sim/rest.h"

struct mn_sim_phones {
    struct mn_clock *clock; /* borrowed, as the next */
    struct mn_rest *rest;
    struct {
        char id[64];
        struct mn_sim_phone *phone;
    } list[MN_REST_KEPT]; /* as many as are remembered */
};

/* Joins the call of that id, which the first to join begins. settings: as for mn_sim_phone_open,
 * but the session, which is the call's. False: there is no such call, or no room. */
bool mn_sim_phones_join(struct mn_sim_phones *phones, struct mn_str id, struct mn_link *link,
                        const struct mn_sim_settings *settings);
bool mn_sim_phones_has(const struct mn_sim_phones *phones, struct mn_str id);

/* Hangs up calls that are over by now: after each request that may have ended one. */
void mn_sim_phones_look(struct mn_sim_phones *phones);
void mn_sim_phones_close(struct mn_sim_phones *phones);

#endif
