/* server_tls.h - what the server serves TLS with: a certificate and its key, which may be renewed
 * while connections run. */
#ifndef MN_IO_SERVER_TLS_H
#define MN_IO_SERVER_TLS_H

#include "base/buf.h"
#include "base/log.h"

struct mn_certificate; /* a chain and the private key of its first certificate */

/* Reads both (PEM files). Returns 0; -ENOMEM; or MN_ETLS with a sentence in why: a file that cannot
 * be read, a key that is another certificate's or wants a pass phrase. */
int mn_certificate_read(struct mn_certificate **out, const char *cert_file, const char *key_file,
                        struct mn_buf *why);
void mn_certificate_free(struct mn_certificate *c); /* accepts NULL */

/* Days until the first certificate of the chain expires, rounded down; negative: it has. when is
 * filled with the moment, as "2026-12-01T08:00:00Z". */
int mn_certificate_days(const struct mn_certificate *c, char when[32]);

/* Tells the log until when it is good; less than MN_CERTIFICATE_SOON days before as a warning. */
#define MN_CERTIFICATE_SOON 14
void mn_certificate_tell(const struct mn_certificate *c, struct mn_log *log);

/* Readies OpenSSL's context of a server (an SSL_CTX): TLS 1.2 and later (RFC 8996) with ciphers
 * that keep past traffic secret (RFC 9325, 4.2), and *current presented in each handshake. current
 * must stay put as long as the context. Returns 0 or MN_ETLS. */
int mn_server_tls_ready(void *ssl_ctx, struct mn_certificate *const *current);

#endif
