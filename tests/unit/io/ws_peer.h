/* ws_peer.h - a WebSocket server for one connection, on the loop under test, that does what a test
 * tells it: answer properly, wrongly, late, or not at all. Plain or TLS. */
#ifndef MN_TEST_WS_PEER_H
#define MN_TEST_WS_PEER_H

#include "io/loop.h"
#include "io/ws_frame.h"

#include <openssl/ssl.h>
#include <uv.h>

struct ws_peer {
    /* Set before ws_peer_open. */
    bool tls;
    const char *cert_host; /* whom the certificate names; NULL: localhost */
    const char *answer;    /* said instead of a 101; NULL: the proper one; "": nothing at all */
    const char *extra;     /* header lines added to the 101 */
    void (*on_open)(struct ws_peer *p); /* the 101 is sent; may be NULL */
    /* NULL echoes text, answers pings, and answers a close with the same code. */
    void (*on_message)(struct ws_peer *p, const struct mn_ws_message *m);
    void *owner;

    struct mn_loop *loop; /* from here on the peer's own */
    int port;
    char ca_file[64]; /* the certificate to trust, when tls */
    char url[128];    /* ws(s)://localhost:port/v1?model=x */
    struct mn_buf request;
    int messages;

    uv_tcp_t listener, socket;
    bool accepted, open;
    SSL_CTX *ssl_ctx;
    SSL *ssl;
    struct mn_ws_decoder decoder;
    unsigned char scratch[64 * 1024];
};

void ws_peer_open(struct ws_peer *p, struct mn_loop *loop); /* on 127.0.0.1 */
void ws_peer_send(struct ws_peer *p, enum mn_ws_opcode opcode, bool final, struct mn_str payload);
void ws_peer_send_close(struct ws_peer *p, int code, struct mn_str reason);
void ws_peer_write(struct ws_peer *p, const void *bytes, size_t n); /* as they are */
void ws_peer_stop_reading(struct ws_peer *p);
void ws_peer_go_on_reading(struct ws_peer *p);
void ws_peer_vanish(struct ws_peer *p); /* closes TCP without a word */
void ws_peer_close(struct ws_peer *p);  /* before mn_loop_close; its memory must outlive that */
void ws_peer_free(struct ws_peer *p);   /* after mn_loop_close */

#endif
