/* phones.c - finds, begins and ends the calls of a simulator that is served. */
#include "sim/phones.h"

#include <stdio.h>

static void sweep(struct mn_sim_phones *phones)
{
    for (int i = 0; i < MN_REST_KEPT; i++) {
        struct mn_sim_phone *phone = phones->list[i].phone;

        if (phone == NULL || !mn_sim_phone_is_over(phone))
            continue;
        mn_sim_phone_free(phone);
        phones->list[i].phone = NULL;
    }
}

bool mn_sim_phones_has(const struct mn_sim_phones *phones, struct mn_str id)
{
    struct mn_str session;

    return mn_str_starts(id, MN_STR("rtc_")) && mn_rest_session(phones->rest, id, &session);
}

static struct mn_sim_phone *open(struct mn_sim_phones *phones, struct mn_str id,
                                 const struct mn_sim_settings *settings)
{
    struct mn_sim_settings own = *settings;
    int i = 0;

    while (i < MN_REST_KEPT && phones->list[i].phone != NULL)
        i++;
    if (i == MN_REST_KEPT || id.n >= sizeof(phones->list[i].id) ||
        !mn_rest_session(phones->rest, id, &own.session))
        return NULL;
    phones->list[i].phone = mn_sim_phone_open(phones->clock, &own);
    snprintf(phones->list[i].id, sizeof(phones->list[i].id), "%.*s", MN_FMT(id));
    return phones->list[i].phone;
}

bool mn_sim_phones_join(struct mn_sim_phones *phones, struct mn_str id, struct mn_link *link,
                        const struct mn_sim_settings *settings)
{
    struct mn_sim_phone *phone = NULL;

    sweep(phones);
    for (int i = 0; i < MN_REST_KEPT && phone == NULL; i++) {
        if (phones->list[i].phone != NULL && mn_str_is(id, phones->list[i].id))
            phone = phones->list[i].phone;
    }
    if (phone == NULL)
        phone = open(phones, id, settings);
    return phone != NULL && mn_sim_phone_join(phone, link);
}

void mn_sim_phones_look(struct mn_sim_phones *phones)
{
    for (int i = 0; i < MN_REST_KEPT; i++) {
        struct mn_sim_phone *phone = phones->list[i].phone;

        if (phone != NULL && !mn_sim_phones_has(phones, mn_str(phones->list[i].id)))
            mn_sim_phone_shut(phone);
    }
    sweep(phones);
}

void mn_sim_phones_close(struct mn_sim_phones *phones)
{
    for (int i = 0; i < MN_REST_KEPT; i++) {
        mn_sim_phone_free(phones->list[i].phone);
        phones->list[i].phone = NULL;
    }
}
