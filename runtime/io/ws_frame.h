/* ws_frame.h - WebSocket framing (RFC 6455) without a socket, for either end of a connection.
 *
 *     bytes --mn_ws_decode()--> messages and control frames        mn_ws_header() --> bytes
 *
 * The decoder may be fed in pieces of any size and answers the same. A message that lies whole in
 * one piece is unmasked where it lies and never copied; any other is put together in the decoder.
 * No extension is negotiated, so the reserved bits must be zero. */
#ifndef MN_IO_WS_FRAME_H
#define MN_IO_WS_FRAME_H

#include "base/buf.h"

#include <stdint.h>

enum mn_ws_role { MN_WS_CLIENT, MN_WS_SERVER }; /* who we are; a client masks what it sends */

enum mn_ws_opcode { /* RFC 6455, 5.2 */
                    MN_WS_CONTINUATION = 0x0,
                    MN_WS_TEXT = 0x1,
                    MN_WS_BINARY = 0x2,
                    MN_WS_CLOSE = 0x8,
                    MN_WS_PING = 0x9,
                    MN_WS_PONG = 0xa,
};

enum mn_ws_code { /* RFC 6455, 7.4.1 */
                  MN_WS_NORMAL = 1000,
                  MN_WS_GOING_AWAY = 1001,
                  MN_WS_PROTOCOL_ERROR = 1002,
                  MN_WS_UNSUPPORTED = 1003,
                  MN_WS_NO_CODE = 1005,  /* a close frame without a code; never sent */
                  MN_WS_VANISHED = 1006, /* no close frame at all; never sent */
                  MN_WS_NOT_UTF8 = 1007,
                  MN_WS_TOO_BIG = 1009,
                  MN_WS_INTERNAL = 1011,
};

enum {
    MN_WS_HEADER_MAX = 14,  /* 2, 8 of length, 4 of mask: RFC 6455, 5.2 */
    MN_WS_CONTROL_MAX = 125 /* payload of a control frame: RFC 6455, 5.5 */
};

/* One whole message, or one control frame. The bytes are borrowed until the next mn_ws_decode. */
struct mn_ws_message {
    enum mn_ws_opcode opcode; /* never MN_WS_CONTINUATION */
    struct mn_str payload;    /* of a close frame: its reason */
    int code;                 /* of a close frame; MN_WS_NO_CODE when it had none */
};

struct mn_ws_decoder {
    enum mn_ws_role role;
    size_t limit; /* most bytes of one message */

    unsigned char header[MN_WS_HEADER_MAX]; /* as far as it has come */
    size_t header_n;
    bool in_frame; /* the header is complete, payload is expected */
    bool final;
    unsigned char opcode;
    uint64_t frame_n, frame_done; /* payload bytes: all, and already consumed */

    enum mn_ws_opcode message_opcode; /* MN_WS_CONTINUATION between messages */
    struct mn_buf message;            /* a message put together from pieces */
    bool message_given;               /* and handed out: to be emptied by the next call */
    unsigned char control[MN_WS_CONTROL_MAX];

    bool closed;    /* a close frame came: what follows is ignored */
    int err;        /* sticks */
    int close_code; /* what to tell the peer when err is set */
};

void mn_ws_decoder_open(struct mn_ws_decoder *d, enum mn_ws_role role, size_t limit);
void mn_ws_decoder_close(struct mn_ws_decoder *d);

/* Consumes from *p, *n up to the end of the next message or control frame, and moves *p and *n past
 * it; the bytes are written to (unmasked). Returns 1 with out filled; 0 when all is consumed and
 * more is needed; MN_EPROTOCOL, MN_ELIMIT or -ENOMEM with d->close_code set, and from then on. */
int mn_ws_decode(struct mn_ws_decoder *d, unsigned char **p, size_t *n, struct mn_ws_message *out);

/* Writes the header of a frame with n bytes of payload; returns its length. mask is four bytes, or
 * NULL for a server's frame. */
size_t mn_ws_header(unsigned char out[MN_WS_HEADER_MAX], enum mn_ws_opcode opcode, bool final,
                    uint64_t n, const unsigned char *mask);

/* Masks or unmasks n bytes from src into dst (which may be src); at is how many bytes of the
 * payload came before them. */
void mn_ws_mask(unsigned char *dst, const unsigned char *src, size_t n, const unsigned char mask[4],
                uint64_t at);

/* Writes a close frame's payload; returns its length. MN_WS_NO_CODE gives none. The reason is cut
 * to fit. */
size_t mn_ws_close_payload(unsigned char out[MN_WS_CONTROL_MAX], int code, struct mn_str reason);

#endif
