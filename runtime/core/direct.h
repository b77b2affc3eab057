/* direct.h - calls whose audio travels between caller and model: what of it is known here (R80 to
 * R83). */
#ifndef MN_CORE_DIRECT_H
#define MN_CORE_DIRECT_H

#include "base/id.h"

#include <stdint.h>

/* Calm speech, until it is known how fast this model speaks in this language: 15 letters a second.
 */
#define MN_DIRECT_MS_A_BYTE 66

/* So much must have been heard whole before it is a measure. */
#define MN_DIRECT_MEASURED_BYTES 40

struct mn_direct {
    char response_id[MN_ID_MAX];   /* whose audio played last; it plays while the playout is open */
    int64_t began_ms;              /* to play */
    int64_t whole_ms, whole_bytes; /* answers that were heard to their end, and their words */
};

#endif
