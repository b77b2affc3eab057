/* server_tls.h - the little the server asks of OpenSSL itself. */
#ifndef MN_IO_SERVER_TLS_H
#define MN_IO_SERVER_TLS_H

#include "base/log.h"

/* Whether a certificate chain and its private key (PEM files) can be served, which libwebsockets
 * does not say: without a file it serves no TLS. Returns 0 or MN_ETLS with a line in the log. */
int mn_server_tls_check(const char *cert_file, const char *key_file, struct mn_log *log);

/* Options that leave TLS 1.2 and later (RFC 8996). */
long mn_server_tls_options(void);

#endif
