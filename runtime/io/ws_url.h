/* ws_url.h - where a ws:// or wss:// URL leads (RFC 6455, 3). */
#ifndef MN_IO_WS_URL_H
#define MN_IO_WS_URL_H

#include "base/str.h"
#include "io/resolve.h"

enum { MN_WS_URL_MAX = 2048 }; /* bytes of path and query */

struct mn_ws_url {
    bool tls;
    int port;
    char host[MN_NAME_MAX + 1]; /* to dial: an address without its brackets */
    char
        authority[MN_NAME_MAX + 10]; /* for the Host header: the port only if it is not the usual */
    char path[MN_WS_URL_MAX + 1];    /* with the query; "/" at least */
};

/* Returns 0, or MN_ECONFIG when it is no such URL or holds what may not be sent: blanks, controls,
 * a user, a fragment. */
int mn_ws_url_parse(struct mn_ws_url *out, const char *text);

#endif
