/* zone.h - a time zone from the system's database (TZif, RFC 8536): which offset held when. */
#ifndef MN_SCRIPT_ZONE_H
#define MN_SCRIPT_ZONE_H

#include <stdint.h>
#include <time.h>

struct mn_zone { /* zero-filled is UTC */
    int ntimes, ntypes;
    int64_t *times; /* Unix seconds from which ... */
    uint8_t *types; /* ... this type holds */
    struct mn_zone_type {
        int32_t offset; /* seconds east of UTC */
        int is_dst;
        char name[8]; /* "BST" */
    } * rows;
};

/* name as "Europe/London". Returns 0, -ENOMEM, MN_EABSENT (no such zone) or MN_EPROTOCOL. */
int mn_zone_load(struct mn_zone *z, const char *name);
void mn_zone_free(struct mn_zone *z);

/* The calendar in the zone, with tm_gmtoff and tm_zone (borrowed from z) set. */
void mn_zone_calendar(const struct mn_zone *z, int64_t unix_s, struct tm *out);

/* The reverse: normalises tm as mktime does. A time that is skipped or doubled is read with the
 * offset that held before. */
int64_t mn_zone_unix(const struct mn_zone *z, struct tm *tm);

#endif
