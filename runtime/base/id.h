/* id.h - names for things: "resp_3k9f...", twenty characters of base 36 after the prefix. */
#ifndef MN_BASE_ID_H
#define MN_BASE_ID_H

#include "base/random.h"
#include "base/str.h"

#define MN_ID_MAX 64 /* bytes, with the NUL; ids of the Realtime API seen so far are under 32 */

/* Writes prefix + '_' + 20 random characters. A prefix longer than 40 bytes is cut. */
void mn_id_new(char out[MN_ID_MAX], const char *prefix, struct mn_random *r);

/* Copies a foreign id. Returns false, and leaves out empty, when it is too long to be one. */
bool mn_id_copy(char out[MN_ID_MAX], struct mn_str id);

/* Whether id is this one. For loops over ids, which would measure each of them first. */
static inline bool mn_id_is(const char id[MN_ID_MAX], struct mn_str other)
{
    return other.n < MN_ID_MAX && memcmp(id, other.p != NULL ? other.p : "", other.n) == 0 &&
           id[other.n] == '\0';
}

#endif
