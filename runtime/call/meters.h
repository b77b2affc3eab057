/* meters.h - how much each key and each address has under way, on all workers together.
 *
 * A meter is found by a digest of its name. Those that stand still are given to others; when all in
 * reach are in use, whoever comes is not counted, for a crowd of addresses must not shut out those
 * that come after it (max-calls is the bound that holds then). */
#ifndef MN_CALL_METERS_H
#define MN_CALL_METERS_H

#include "base/str.h"
#include "call/commons.h"

#define MN_METER_NONE UINT32_MAX

struct mn_meter_limits {
    int64_t calls;    /* at once; 0: no limit */
    int64_t connects; /* a minute; 0: no limit */
};

/* What a key ('k') or an address is counted under: its calls ('a'), its connections ('c'), its
 * wrong keys ('w'); never 0. */
uint64_t mn_meter_name(char kind, struct mn_str name);

/* The meter of that kind and name; MN_METER_NONE when all are in use. It is theirs for
 * as long as something is counted on it. */
uint32_t mn_meter_of(struct mn_commons *c, char kind, struct mn_str name, int64_t now_ms);

/* The same, if there is one already: else MN_METER_NONE. */
uint32_t mn_meter_found(struct mn_commons *c, char kind, struct mn_str name);

/* One call, or connection, more. Returns 0; or after how many ms it may be tried again, and then
 * nothing was counted. */
int64_t mn_meter_enter(struct mn_commons *c, uint32_t meter, const struct mn_meter_limits *limits,
                       int64_t now_ms);
void mn_meter_leave(struct mn_commons *c, uint32_t meter); /* that call is over */

/* Wrong keys, which a minute's worth may be tried of. Takes one if there is room; look only looks.
 * Both return 0, or the ms until there is. */
int64_t mn_meter_wrong(struct mn_commons *c, uint32_t meter, int64_t a_minute, int64_t now_ms);
int64_t mn_meter_look(struct mn_commons *c, uint32_t meter, int64_t a_minute, int64_t now_ms);

/* Tokens of text models a key has used since midnight, UTC; and to add some. */
int64_t mn_meter_responses(struct mn_commons *c, uint32_t meter, int64_t now_ms);
void mn_meter_respond(struct mn_commons *c, uint32_t meter, int64_t tokens, int64_t now_ms);

#endif
