/* under.h - a worker's end of the way to its master. */
#ifndef MN_CALL_UNDER_H
#define MN_CALL_UNDER_H

#include "call/generation.h"
#include "call/inherit.h"
#include "call/keys.h"
#include "io/channel.h"

struct mn_worker;

/* Keys, and the secrets its log hides while they hold (keyring.c). */
struct mn_keyring {
    struct mn_keys keys;
    const char **secrets; /* owned; NULL: there are none prepared */
};

void mn_keyring_free(struct mn_keyring *ring);

struct mn_under {
    struct mn_inherited it;
    struct mn_channel *channel;
    struct mn_generation prepared; /* loaded and not served yet; n 0: none */
    int64_t prepared_number;
    int keys_fd;                    /* that came for what is to be prepared next; -1: none */
    struct mn_keyring keyring;      /* prepared with them, and */
    struct mn_certificate *renewed; /* NULL: TLS is not served */
    bool can_roll_back;             /* as the master says */
    struct mn_list wants;           /* operators who wait for what it does (operate_master.c) */
    int64_t tickets;                /* of them, ever */
};

/* A descriptor's bytes, for mn_snapshot_replay. Returns 0 or an error. */
int mn_under_read(int fd, struct mn_buf *out);

/* Begins to listen to the master; its word is law. Returns 0 or an error. */
int mn_under_open(struct mn_worker *w);
void mn_under_close(struct mn_worker *w);

/* It listens, and serves that generation. */
void mn_under_ready(struct mn_worker *w);

/* Asks the master, who tells all workers. */
void mn_under_want(struct mn_worker *w, int word, int64_t number);

#endif
