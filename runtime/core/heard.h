/* heard.h - scripts that wait until what is being said has been heard (R39). */
#ifndef MN_CORE_HEARD_H
#define MN_CORE_HEARD_H

#include <stdint.h>

struct mn_session;

/* Scripts of one call that wait so at once: each is in a tool or an event's handler of its own. */
#define MN_HEARD_MAX 16

struct mn_heard {
    uint32_t tickets[MN_HEARD_MAX];
    int n;
};

/* Returns 0 or MN_ELIMIT. Ends in one MN_FX_AWAITED, unless it is forgotten. */
int mn_heard_wait(struct mn_session *s, uint32_t ticket);
void mn_heard_forget(struct mn_session *s, uint32_t ticket);
void mn_heard_cut(struct mn_session *s);   /* the caller cut in: it will not be heard */
void mn_heard_ended(struct mn_session *s); /* the call is over */
void mn_heard_time(struct mn_session *s);
int64_t mn_heard_deadline(const struct mn_session *s);

#endif
