/* idle.h - the ladder of silence (R37): what is done when nobody has spoken for so long. */
#ifndef MN_CORE_IDLE_H
#define MN_CORE_IDLE_H

#include <stdbool.h>
#include <stdint.h>

struct mn_session;

struct mn_idle {
    int rung;    /* the next one; the caller's voice or message puts it back to 0 */
    bool silent; /* nobody speaks, nothing is owed, since: */
    int64_t since_ms;
};

void mn_idle_reset(struct mn_session *s); /* the caller spoke or wrote */
void mn_idle_time(struct mn_session *s);
int64_t mn_idle_deadline(const struct mn_session *s);

#endif
