/* commons.h - the memory that all workers of a server share: tokens that were given out, and how
 * much each key and address has under way.
 *
 * Plain memory without pointers, of a fixed size, changed by atomics alone, so that a worker may
 * die at any moment and the others go on. Whoever opens it hands its descriptor on; a server of one
 * worker has it for itself.
 *
 * To stay lock-free and simple it may be a little wrong: a worker killed while it writes a token
 * leaves a slot unused until the server is started again, which is one of many. */
#ifndef MN_CALL_COMMONS_H
#define MN_CALL_COMMONS_H

#include <stdatomic.h>
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#define MN_COMMONS_WORKERS                                                                         \
    64                    /* that can share one; as many cores as a machine is likely to have      \
                           */
#define MN_COMMONS_KEY 32 /* bytes, of HMAC-SHA256 */

/* Fixed when it is opened; the options' (call/settings.h). */
struct mn_commons_size {
    uint32_t tokens;      /* at once */
    uint32_t token_bytes; /* of what one says */
    uint32_t meters;      /* keys and addresses that are counted at once */
};

/* state: a number that grows with each use, and in its last two bits what the slot is. */
enum mn_token_use { MN_TOKEN_FREE, MN_TOKEN_WRITTEN, MN_TOKEN_LIVE, MN_TOKEN_SPENT };
struct mn_token_slot {
    _Atomic uint64_t state;
    _Atomic int64_t expires_s; /* Unix */
    _Atomic uint64_t nonce;
    _Atomic uint64_t whose; /* digest of the key that asked for it; 0: of none */
    uint32_t n;
    char text[]; /* token_bytes */
};

/* Of one key or one address (meters.h). */
struct mn_meter {
    _Atomic uint64_t who;         /* digest of its name; 0: free */
    _Atomic int64_t connects_at;  /* rate.h: Unix ms */
    _Atomic int64_t responses_at; /* day since 1970 that the next is of */
    _Atomic int64_t responses;    /* tokens of text models on that day */
    _Atomic int32_t calls;        /* at once */
};

struct mn_commons;

/* Makes one, with a random key for tokens. Returns 0 or -errno. */
int mn_commons_open(struct mn_commons **out, const struct mn_commons_size *size);

/* The one that another process opened, as worker number `worker`. fd stays the caller's. Returns 0,
 * -errno, or MN_EPROTOCOL when fd is none, or another version's. */
int mn_commons_map(struct mn_commons **out, int fd, int worker);
int mn_commons_fd(const struct mn_commons *c); /* close-on-exec; -1 of a mapped one */
void mn_commons_close(struct mn_commons *c);   /* accepts NULL */

const struct mn_commons_size *mn_commons_size(const struct mn_commons *c);
unsigned char *mn_commons_key(struct mn_commons *c); /* written before it is shared, or never */

struct mn_token_slot *mn_commons_token(struct mn_commons *c, uint32_t i); /* NULL past the last */
/* How many of the first have ever been in use: what lies behind them takes no memory yet. */
_Atomic uint32_t *mn_commons_tokens_high(struct mn_commons *c);
struct mn_meter *mn_commons_meter(struct mn_commons *c, uint32_t i);

/* What this worker has added to a meter's calls, so that it can be taken off when it died. */
_Atomic int32_t *mn_commons_share(struct mn_commons *c, uint32_t meter);

/* A worker is gone without having said so: its calls are over. Told by who noticed. */
void mn_commons_bury(struct mn_commons *c, int worker);

#endif
