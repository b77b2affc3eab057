/* origin.h - an HTTP server for tests of the pool, on the loop under test, that answers by the path
 * asked for: rightly, late, too much, or not at all.
 *
 *     /ok       200, "hello"               /echo     200, the request as it came
 *     /slow     200 after 100 ms           /never    nothing
 *     /reset    closes without an answer   /cut      closes in the middle of the body
 *     /big      200,000 bytes announced    /endless  as many, unannounced
 *     /heads    100,000 bytes of headers   /early    103, then 200
 *     /to/X     302 to /X                  /away/X   302 to /X by another name of this host
 *     /see/X    303 to /X                  /loop     302 to itself
 *     /drip     "d" every 50 ms, five times, as one body
 *     /begin    the head of a body that never comes
 *     http://X  (asked as of a proxy) 200, the request as it came */
#ifndef MN_TEST_ORIGIN_H
#define MN_TEST_ORIGIN_H

#include "wire.h"

struct origin {
    struct wire *wire;
    uv_tcp_t listener;
    int port;
    int connections; /* ever */
    int open, most;  /* now, and at most at once */
    int requests;
    bool closed;
};

void origin_open(struct origin *o, struct wire *w);
void origin_close(struct origin *o); /* its connections end when the pool lets go of them */

#endif
