/* away.h - a caller whose connection was lost, and who may come back (R63). */
#ifndef MN_CORE_AWAY_H
#define MN_CORE_AWAY_H

#include <stdbool.h>
#include <stdint.h>

struct mn_session;

struct mn_away {
    bool gone;
    int64_t since_ms, until_ms;
};

bool mn_away_begin(struct mn_session *s); /* false: this call does not wait */
void mn_away_end(struct mn_session *s);   /* they are back */
void mn_away_time(struct mn_session *s);
int64_t mn_away_deadline(const struct mn_session *s);

#endif
