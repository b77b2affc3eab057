/* ws_opening.h - what a link we dial needs only until it is open: where to, what to ask, and what
 * has come of the answer. No socket in here. */
#ifndef MN_IO_WS_OPENING_H
#define MN_IO_WS_OPENING_H

#include "io/ws_client.h"
#include "io/ws_url.h"

struct mn_ws_opening {
    struct mn_ws_url url;
    struct mn_buf request; /* the bytes to send once connected */
    char *unix_path;       /* owned; NULL: none */
    char *ca_file;         /* owned; NULL for the system's */
    char *subprotocols;    /* owned; offered; NULL for none */
    unsigned char key[MN_WS_KEY_BYTES];
    struct mn_buf come; /* of the answer */
    struct mn_ws_answer answer;
};

/* Copies what it needs. Returns 0, MN_ECONFIG, -ENOMEM or -EIO. */
int mn_ws_opening_new(struct mn_ws_opening **out, const struct mn_ws_client_settings *settings);
void mn_ws_opening_free(struct mn_ws_opening *o); /* accepts NULL */

/* Takes what came. Returns 0 when the connection is a WebSocket, with *used of these bytes
 * belonging to the answer; -EAGAIN when more is needed; or as mn_ws_answer_read. After MN_EREFUSED
 * it may be called again with more of the body. */
int mn_ws_opening_take(struct mn_ws_opening *o, const void *bytes, size_t n, size_t *used);

bool mn_ws_opening_is_told(const struct mn_ws_opening *o); /* a refusal's body has come */
int mn_ws_opening_why(const struct mn_ws_opening *o, struct mn_buf *out); /* of a refusal */

#endif
