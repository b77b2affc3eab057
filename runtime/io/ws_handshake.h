/* ws_handshake.h - the opening handshake of RFC 6455 from the client's side, without a socket. */
#ifndef MN_IO_WS_HANDSHAKE_H
#define MN_IO_WS_HANDSHAKE_H

#include "base/buf.h"

enum {
    MN_WS_KEY_BYTES = 16,         /* RFC 6455, 4.1 */
    MN_WS_ANSWER_MAX = 16 * 1024, /* bytes of status line and headers; what curl and nginx bear */
};

struct mn_ws_header {
    const char *name, *value; /* values may be secrets: never logged */
};

struct mn_ws_request {
    const char *authority, *path;
    unsigned char key[MN_WS_KEY_BYTES]; /* random */
    const char *subprotocols;           /* "realtime, other"; NULL for none */
    const struct mn_ws_header *headers; /* more of them; ends with a NULL name; may be NULL */
};

/* Appends the request. Returns 0, -ENOMEM, or MN_ECONFIG when a header would break out of its
 * line. */
int mn_ws_request_write(const struct mn_ws_request *r, struct mn_buf *out);

struct mn_ws_answer {
    int status;
    size_t head_n; /* bytes up to and with the empty line */
    bool chunked;  /* the body is */
    long body_n;   /* Content-Length; -1 when not told */
};

/* Reads the answer. Returns 0 when the connection is now a WebSocket; -EAGAIN when the head is not
 * complete; MN_EREFUSED with the status when the server said no; MN_EPROTOCOL; MN_ELIMIT. */
int mn_ws_answer_read(struct mn_ws_answer *out, struct mn_str bytes,
                      const struct mn_ws_request *asked);

/* Of a refusal: whether enough of the body has come to say why, and that as one line of text:
 * "HTTP 401: " and the start of the body, at most MN_WS_WHY_MAX bytes of it. bytes are all that has
 * come. */
enum { MN_WS_WHY_MAX = 512 };
bool mn_ws_answer_is_told(const struct mn_ws_answer *answer, size_t bytes_n);
int mn_ws_answer_why(const struct mn_ws_answer *answer, struct mn_str bytes, struct mn_buf *out);

/* What Sec-WebSocket-Accept must be for a key as sent (base64). */
enum { MN_WS_ACCEPT_MAX = 32 };
int mn_ws_accept(char out[MN_WS_ACCEPT_MAX], struct mn_str key);

#endif
