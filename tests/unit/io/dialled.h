/* dialled.h - a link dialled to a ws_peer, and the diary of what its owner was told. */
#ifndef MN_TEST_DIALLED_H
#define MN_TEST_DIALLED_H

#include "io/ws_client.h"
#include "ws_peer.h"

struct dialled {
    struct mn_log log;
    struct mn_loop *loop;
    struct ws_peer peer;
    struct mn_ws_client_settings settings;
    struct mn_link *link;
    struct mn_timer guard, later;
    struct mn_buf diary;  /* "open|text|close 1000 bye|" */
    const char *say;      /* sent on open */
    const char *close_on; /* close when this comes */
    int closes, err, code;
    size_t received, sent;
    int drained, pings;
};

extern const struct mn_link_events dialled_events; /* they write the diary */

struct dialled *prepare(void); /* a loop; the rest is the test's to set */
void start(struct dialled *f); /* opens the peer and dials it */
void run(struct dialled *f);   /* and runs the loop until on_close */
/* Expects this diary and err, one on_close, and that nothing is left behind. */
void finish(struct dialled *f, const char *diary, int err);

#endif
