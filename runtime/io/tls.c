/* tls.c - OpenSSL behind tls.h.
 *
 * WHY NOT LIBWEBSOCKETS  4.1.6 cannot dial TLS in its RAW role: lws_client_connect_via_info() calls
 * SSL_connect() before there is a socket and fails with EBADF. It would also cut the name to verify
 * at the first ':' and at 127 bytes. */
#include "io/tls.h"

#include "base/err.h"
#include "base/list.h"

#include <errno.h>
#include <openssl/err.h>
#include <openssl/ssl.h>
#include <openssl/x509v3.h>
#include <stdlib.h>

/* One set of authorities. */
struct authority {
    struct mn_list node;
    SSL_CTX *ssl;
    char ca_file[]; /* empty for the system's */
};

struct mn_tls {
    struct mn_list authorities;
};

struct mn_tls_stream {
    SSL *ssl;
};

int mn_tls_open(struct mn_tls **out)
{
    struct mn_tls *t = calloc(1, sizeof(*t));

    *out = t;
    if (t == NULL)
        return -ENOMEM;
    mn_list_init(&t->authorities);
    return 0;
}

static void free_authority(struct authority *a)
{
    SSL_CTX_free(a->ssl);
    free(a);
}

void mn_tls_close(struct mn_tls *t)
{
    struct mn_list *node, *next;

    if (t == NULL)
        return;
    for (node = t->authorities.next; node != &t->authorities; node = next) {
        next = node->next;
        free_authority(mn_container_of(node, struct authority, node));
    }
    free(t);
}

static SSL_CTX *new_ssl(void)
{
    static const unsigned char http_1_1[] = "\x08http/1.1";
    SSL_CTX *ssl = SSL_CTX_new(TLS_client_method());

    if (ssl == NULL)
        return NULL;
    SSL_CTX_set_min_proto_version(ssl, TLS1_2_VERSION); /* RFC 8996 retired what came before */
    SSL_CTX_set_verify(ssl, SSL_VERIFY_PEER, NULL);
    /* A WebSocket has its own close frame, so an end without TLS's goodbye tells nothing new. */
    SSL_CTX_set_options(ssl, SSL_OP_IGNORE_UNEXPECTED_EOF | SSL_OP_NO_RENEGOTIATION);
    /* Without RELEASE_BUFFERS every idle connection holds 34 KB. */
    SSL_CTX_set_mode(ssl, SSL_MODE_ENABLE_PARTIAL_WRITE | SSL_MODE_ACCEPT_MOVING_WRITE_BUFFER |
                              SSL_MODE_RELEASE_BUFFERS);
    SSL_CTX_set_read_ahead(ssl, 1); /* else each record costs two reads: its header, its body */
    if (SSL_CTX_set_alpn_protos(ssl, http_1_1, sizeof(http_1_1) - 1) != 0) {
        SSL_CTX_free(ssl);
        return NULL;
    }
    return ssl;
}

static int new_authority(struct mn_tls *t, const char *ca_file, struct authority **out)
{
    size_t n = strlen(ca_file) + 1;
    struct authority *a = calloc(1, sizeof(*a) + n);
    int loaded;

    if (a == NULL)
        return -ENOMEM;
    memcpy(a->ca_file, ca_file, n);
    a->ssl = new_ssl();
    if (a->ssl == NULL) {
        free_authority(a);
        return -ENOMEM;
    }
    loaded = ca_file[0] == '\0' ? SSL_CTX_set_default_verify_paths(a->ssl)
                                : SSL_CTX_load_verify_file(a->ssl, ca_file);
    if (loaded != 1) {
        ERR_clear_error();
        free_authority(a);
        return MN_ECONFIG;
    }
    mn_list_append(&t->authorities, &a->node);
    *out = a;
    return 0;
}

static int find_authority(struct mn_tls *t, const char *ca_file, struct authority **out)
{
    struct mn_list *node;

    for (node = t->authorities.next; node != &t->authorities; node = node->next) {
        *out = mn_container_of(node, struct authority, node);
        if (strcmp((*out)->ca_file, ca_file) == 0)
            return 0;
    }
    return new_authority(t, ca_file, out);
}

/* A certificate names hosts and addresses in different places; addresses have no SNI (RFC 6066). */
static bool expect_host(SSL *ssl, const char *host)
{
    X509_VERIFY_PARAM *param = SSL_get0_param(ssl);

    if (X509_VERIFY_PARAM_set1_ip_asc(param, host) == 1)
        return true;
    ERR_clear_error();
    X509_VERIFY_PARAM_set_hostflags(param, X509_CHECK_FLAG_NO_PARTIAL_WILDCARDS);
    return host[0] != '\0' && X509_VERIFY_PARAM_set1_host(param, host, 0) == 1 &&
           SSL_set_tlsext_host_name(ssl, host) == 1;
}

int mn_tls_stream_open(struct mn_tls_stream **out, struct mn_tls *t, int fd, const char *host,
                       const char *ca_file)
{
    struct mn_tls_stream *s;
    struct authority *a;
    int err;

    *out = NULL;
    err = find_authority(t, ca_file != NULL ? ca_file : "", &a);
    if (err < 0)
        return err;
    s = calloc(1, sizeof(*s));
    if (s == NULL)
        return -ENOMEM;
    s->ssl = SSL_new(a->ssl);
    if (s->ssl == NULL || SSL_set_fd(s->ssl, fd) != 1 || !expect_host(s->ssl, host)) {
        ERR_clear_error();
        SSL_free(s->ssl);
        free(s);
        return -ENOMEM;
    }
    SSL_set_connect_state(s->ssl);
    *out = s;
    return 0;
}

void mn_tls_stream_close(struct mn_tls_stream *s)
{
    if (s == NULL)
        return;
    if (SSL_is_init_finished(s->ssl))
        (void)SSL_shutdown(s->ssl);
    ERR_clear_error();
    SSL_free(s->ssl);
    free(s);
}

/* What a call that returned rc < 1 means. errno is still that of the call. */
static int failure(struct mn_tls_stream *s, int rc)
{
    int err = errno;

    switch (SSL_get_error(s->ssl, rc)) {
    case SSL_ERROR_ZERO_RETURN:
        return 0;
    case SSL_ERROR_WANT_READ:
    case SSL_ERROR_WANT_WRITE:
        return -EAGAIN;
    case SSL_ERROR_SYSCALL:
        return err != 0 ? -err : MN_ECLOSED;
    default:
        return MN_ETLS;
    }
}

/* OpenSSL's queue of errors belongs to the thread: it must be empty before, or an old one is taken
 * for this call's. */
static void before_call(void)
{
    ERR_clear_error();
    errno = 0;
}

int mn_tls_stream_handshake(struct mn_tls_stream *s)
{
    int rc, err;

    before_call();
    rc = SSL_do_handshake(s->ssl);
    if (rc == 1)
        return 0;
    err = failure(s, rc);
    return err == 0 ? MN_ETLS : err;
}

long mn_tls_stream_read(struct mn_tls_stream *s, void *p, size_t n)
{
    size_t got;
    int rc;

    before_call();
    rc = SSL_read_ex(s->ssl, p, n, &got);
    return rc == 1 ? (long)got : failure(s, rc);
}

long mn_tls_stream_write(struct mn_tls_stream *s, const void *p, size_t n)
{
    size_t put;
    int rc, err;

    before_call();
    rc = SSL_write_ex(s->ssl, p, n, &put);
    if (rc == 1)
        return (long)put;
    err = failure(s, rc);
    return err == 0 ? MN_ECLOSED : err;
}

bool mn_tls_stream_wants_write(const struct mn_tls_stream *s)
{
    return SSL_want_write(s->ssl);
}

bool mn_tls_stream_holds_bytes(const struct mn_tls_stream *s)
{
    return SSL_has_pending(s->ssl);
}

void mn_tls_stream_why(const struct mn_tls_stream *s, struct mn_buf *out)
{
    long verdict = SSL_get_verify_result(s->ssl);
    const char *reason = ERR_reason_error_string(ERR_peek_last_error());

    if (verdict != X509_V_OK)
        mn_buf_addf(out, "certificate: %s", X509_verify_cert_error_string(verdict));
    else
        mn_buf_addf(out, "TLS: %s", reason != NULL ? reason : "the peer hung up");
}
