/* digits.h - keys the caller presses on a telephone (R38): collected for a script that asked for
 * them, else told to the model when the app wants that, and to nobody otherwise. */
#ifndef MN_CORE_DIGITS_H
#define MN_CORE_DIGITS_H

#include "base/str.h"

#include <stdint.h>

struct mn_event;
struct mn_session;

/* Digits of one collection. A card's number and its code have 23. */
#define MN_DIGITS_MAX 64

/* What a script collects. */
struct mn_collect {
    int max;            /* so many end it, 1 to MN_DIGITS_MAX */
    char finish;        /* this key does, and is not one of them; 0: none */
    int32_t timeout_ms; /* and so long without a key, while nobody speaks */
};

struct mn_digits {
    uint32_t ticket; /* of the script that collects; 0: none does, and they are for the model */
    struct mn_collect how;
    char keys[MN_DIGITS_MAX + 1];
    int n;
    int64_t since_ms; /* the newest key, or the begin of the collection */
};

/* Returns 0, or MN_EPROTOCOL while another script collects. Ends in one MN_FX_AWAITED, unless it is
 * forgotten. */
int mn_digits_collect(struct mn_session *s, uint32_t ticket, const struct mn_collect *how);
void mn_digits_forget(struct mn_session *s, uint32_t ticket);
void mn_digits_pressed(struct mn_session *s, struct mn_str key);
void mn_digits_ended(struct mn_session *s); /* the call is over */
void mn_digits_time(struct mn_session *s);
int64_t mn_digits_deadline(const struct mn_session *s);

#endif
