/* prelude.h - an agent's prelude: tools of its own that run before its first words, so that it
 * knows what they found when it speaks (R69).
 *
 * They run at once, each as long as its own time and the prelude's let it. When all are over the
 * agent is prepared; what they gave is part of the history as calls with their outputs, and the
 * model is told of it before it is asked for anything. */
#ifndef MN_CORE_PRELUDE_H
#define MN_CORE_PRELUDE_H

#include <stdbool.h>
#include <stdint.h>

struct mn_input;
struct mn_prelude;
struct mn_session;

/* Tools of one prelude: a caller waits for all of them. */
#define MN_PRELUDE_MAX 8

bool mn_prelude_begin(struct mn_session *s, int agent); /* false: the agent has none */
bool mn_prelude_result(struct mn_session *s, const struct mn_input *in); /* was it one of its? */
void mn_prelude_keep(struct mn_session *s);  /* what it gave goes into the history */
void mn_prelude_drop(struct mn_session *s);  /* or nowhere */
void mn_prelude_ended(struct mn_session *s); /* the call is over (R67) */
const char *mn_prelude_tool(const struct mn_session *s, uint32_t ticket); /* "" when none runs */
void mn_prelude_time(struct mn_session *s);
int64_t mn_prelude_deadline(const struct mn_session *s);

#endif
