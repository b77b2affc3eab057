/* shared.h - myna.shared: dictionaries that all calls of a worker share, one an app.
 *
 * They are memory and nothing else: gone with the worker, and whatever is in one may be dropped to
 * make room. On the worker's thread only, as everything that has its clock. */
#ifndef MN_STORE_SHARED_H
#define MN_STORE_SHARED_H

#include "base/clock.h"
#include "base/kept.h"

#define MN_SHARED_KEY_BYTES   256
#define MN_SHARED_VALUE_BYTES (64 * 1024) /* one value cannot drive out a dictionary */

struct mn_shared;

/* Of one app's dictionary. Past either, what was written longest ago is dropped. */
struct mn_shared_limits {
    int entries;
    size_t bytes; /* keys and values together */
};
extern const struct mn_shared_limits mn_shared_defaults;

/* The clock is borrowed. Returns 0 or -ENOMEM. */
int mn_shared_open(struct mn_shared **out, struct mn_clock *clock,
                   const struct mn_shared_limits *limits);
void mn_shared_close(struct mn_shared *s); /* accepts NULL */

/* Carries out what an app asks. Appends the value of get, and what incr counted to. Returns 0;
 * MN_EABSENT, when get or remove finds nothing; -EEXIST, when add finds something; MN_EPROTOCOL,
 * when incr finds no number; MN_ELIMIT for a key, value or number that is too large; -ENOMEM. */
int mn_shared_do(struct mn_shared *s, struct mn_str app, const struct mn_shared_ask *ask,
                 struct mn_buf *out);

int mn_shared_entries(const struct mn_shared *s, struct mn_str app); /* held now */

#endif
