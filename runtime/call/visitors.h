/* visitors.h - what one address may take of a server beside its calls (seats.h): connections, and
 * tries at a key.
 *
 * Both are counted on meters, so for all workers together; an address of IPv6 by its first 64 bits.
 */
#ifndef MN_CALL_VISITORS_H
#define MN_CALL_VISITORS_H

#include "io/server.h"

struct mn_worker;

/* As a server's arrive and leave (io/server.h). */
bool mn_visitor_arrives(void *worker, struct mn_str peer, uint64_t *place);
void mn_visitor_leaves(void *worker, uint64_t place);

/* Whether the address of whoever presents a key has tried too many wrong ones: then it was answered
 * 429, whether this one is right or not, for else trying would go on. */
bool mn_visitor_is_shut_out(struct mn_worker *w, struct mn_exchange *x);

/* They presented a key that is none. */
void mn_visitor_was_wrong(struct mn_worker *w, struct mn_exchange *x);

#endif
