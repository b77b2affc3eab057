/* tls.h - TLS as a client, on a socket that never blocks.
 *
 * The peer's certificate is always verified, against the system's authorities or those of one file,
 * and so is the name it was dialled by. The authorities of a file are read once a loop. */
#ifndef MN_IO_TLS_H
#define MN_IO_TLS_H

#include "base/buf.h"

struct mn_tls; /* the authorities read so far */
struct mn_tls_stream;

int mn_tls_open(struct mn_tls **out);
void mn_tls_close(struct mn_tls *t); /* accepts NULL */

/* Prepares TLS on the connected socket fd, which stays the caller's. host is the name to verify
 * (or a literal address); ca_file is NULL for the system's authorities. Returns 0, -ENOMEM, or
 * MN_ECONFIG when ca_file cannot be read. */
int mn_tls_stream_open(struct mn_tls_stream **out, struct mn_tls *t, int fd, const char *host,
                       const char *ca_file);
void mn_tls_stream_close(struct mn_tls_stream *s); /* says goodbye if it can; accepts NULL */

/* Each returns what it did (0 of a read is the end), -EAGAIN when the socket must become readable
 * (or writable, if mn_tls_stream_wants_write) first, MN_ETLS or -errno. A write refused must be
 * repeated with the same bytes. */
int mn_tls_stream_handshake(struct mn_tls_stream *s); /* 0 when done */
long mn_tls_stream_read(struct mn_tls_stream *s, void *p, size_t n);
long mn_tls_stream_write(struct mn_tls_stream *s, const void *p, size_t n);

bool mn_tls_stream_wants_write(const struct mn_tls_stream *s);

/* Bytes were taken from the socket and not yet read here: perhaps a whole record, perhaps not. */
bool mn_tls_stream_holds_bytes(const struct mn_tls_stream *s);

/* Appends why the handshake failed: "certificate: hostname mismatch". */
void mn_tls_stream_why(const struct mn_tls_stream *s, struct mn_buf *out);

#endif
