/* event_fault.h - how the Realtime API words its refusals. For the decoder and the checker, and for
 * whoever else refuses a client's event (mn_fault_set).
 *
 * Each fills type (invalid_request_error), code, param and message, leaves event_id alone and
 * returns MN_EPROTOCOL. A text that is too long is cut at a character. */
#ifndef MN_CORE_EVENT_FAULT_H
#define MN_CORE_EVENT_FAULT_H

#include "core/event.h"

/* Where in an event something is, as a list that leads back to the event itself. */
struct mn_place {
    const struct mn_place *up; /* NULL: this is the event */
    struct mn_str key;         /* of a member, with a NUL after it; p is NULL for an element */
    int index;                 /* of that element */
};

/* param may be NULL. */
int mn_fault_set(struct mn_fault *why, const char *code, const char *param, const char *format, ...)
    __attribute__((format(printf, 4, 5)));

int mn_fault_missing(struct mn_fault *why, const struct mn_place *at);
int mn_fault_unknown(struct mn_fault *why, const struct mn_place *at);

/* wanted is "a string", "one of a string or an object", ... */
int mn_fault_kind(struct mn_fault *why, const struct mn_place *at, const char *wanted,
                  const struct mn_json *given);

/* given is none of the words, of which there are count. */
int mn_fault_word(struct mn_fault *why, const struct mn_place *at, const char *const *words,
                  int count, struct mn_str given);

/* given is below low or above high; whole: it should be an integer. */
int mn_fault_range(struct mn_fault *why, const struct mn_place *at, bool whole, double low,
                   double high, double given);

/* More bytes, elements or members than most. */
int mn_fault_long_string(struct mn_fault *why, const struct mn_place *at, size_t most, size_t n);
int mn_fault_long_array(struct mn_fault *why, const struct mn_place *at, int most, int n);
int mn_fault_long_object(struct mn_fault *why, const struct mn_place *at, int most, int n);

#endif
