/* fake_names.h - a name service for tests: the executable's getaddrinfo() takes the place of
 * libc's, answers for names under .test, and asks the real one for all others.
 *
 *     two.test    127.0.0.2, where nobody listens, then 127.0.0.1
 *     dark.test   192.0.2.1 (RFC 5737: routed nowhere), then 127.0.0.1
 *     slow.test   127.0.0.1 after 100 ms
 *     none.test   no such name */
#ifndef MN_TEST_FAKE_NAMES_H
#define MN_TEST_FAKE_NAMES_H

#include <stdatomic.h>

extern atomic_int fake_names_asked; /* names under .test, so far */

#endif
