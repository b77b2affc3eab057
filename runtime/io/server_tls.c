/* server_tls.c - a certificate and its key: read, judged, presented.
 *
 * DESIGN  libwebsockets is given a context without a certificate, and OpenSSL asks for one in each
 * handshake. So a renewed one is presented from the next handshake on, whatever its kind of key,
 * and connections that run keep what they began with. */
#include "io/server_tls.h"

#include "base/err.h"

#include <errno.h>
#include <openssl/err.h>
#include <openssl/ssl.h>
#include <stdlib.h>
#include <time.h>

/* All of TLS 1.3's are fine; of TLS 1.2's those with an ephemeral key and an AEAD. */
#define CIPHERS "ECDHE+AESGCM:ECDHE+CHACHA20"

struct mn_certificate {
    SSL_CTX *kept; /* holds chain and key, and serves nobody */
};

/* A key that wants a pass phrase is refused; nobody is there to type it. */
/* NOLINTNEXTLINE(readability-non-const-parameter): the type is OpenSSL's */
static int no_pass_phrase(char *buf, int size, int writing, void *owner)
{
    (void)buf, (void)size, (void)writing, (void)owner;
    return -1;
}

static int refuse(struct mn_buf *why, const char *option, const char *file)
{
    const char *said = ERR_reason_error_string(ERR_peek_error());

    mn_buf_addf(why, "%s %s: cannot be used: %s\n", option, file,
                said != NULL ? said : "it cannot be read");
    ERR_clear_error();
    return MN_ETLS;
}

static int read_files(SSL_CTX *kept, const char *cert_file, const char *key_file,
                      struct mn_buf *why)
{
    ERR_clear_error();
    SSL_CTX_set_default_passwd_cb(kept, no_pass_phrase);
    if (SSL_CTX_use_certificate_chain_file(kept, cert_file) != 1)
        return refuse(why, "--tls-cert", cert_file);
    if (key_file == NULL) {
        mn_buf_addf(why, "--tls-cert %s: a TLS certificate needs its key\n", cert_file);
        return MN_ETLS;
    }
    if (SSL_CTX_use_PrivateKey_file(kept, key_file, SSL_FILETYPE_PEM) != 1)
        return refuse(why, "--tls-key", key_file);
    if (SSL_CTX_check_private_key(kept) != 1) { /* a key of another kind is kept beside it */
        ERR_clear_error();
        mn_buf_addf(why, "--tls-key %s: cannot be used: key values mismatch\n", key_file);
        return MN_ETLS;
    }
    return 0;
}

int mn_certificate_read(struct mn_certificate **out, const char *cert_file, const char *key_file,
                        struct mn_buf *why)
{
    struct mn_certificate *c = calloc(1, sizeof(*c));
    int err = -ENOMEM;

    *out = NULL;
    if (c != NULL)
        c->kept = SSL_CTX_new(TLS_server_method());
    if (c != NULL && c->kept != NULL)
        err = read_files(c->kept, cert_file, key_file, why);
    if (err != 0) {
        mn_certificate_free(c);
        return err;
    }
    *out = c;
    return 0;
}

void mn_certificate_free(struct mn_certificate *c)
{
    if (c == NULL)
        return;
    SSL_CTX_free(c->kept);
    free(c);
}

int mn_certificate_days(const struct mn_certificate *c, char when[32])
{
    const ASN1_TIME *end = X509_get0_notAfter(SSL_CTX_get0_certificate(c->kept));
    int days = 0, seconds = 0;
    struct tm tm;

    when[0] = '\0';
    if (ASN1_TIME_to_tm(end, &tm) == 1)
        strftime(when, 32, "%Y-%m-%dT%H:%M:%SZ", &tm);
    if (ASN1_TIME_diff(&days, &seconds, NULL, end) != 1)
        return 0;
    return days - (seconds < 0 ? 1 : 0);
}

#define RENEWING "put another into the same files, and reload (SIGHUP, or POST /v1/myna/reload)"

void mn_certificate_tell(const struct mn_certificate *c, struct mn_log *log)
{
    char when[32];
    int days = mn_certificate_days(c, when);

    if (days < 0)
        MN_LOG(log, WARN, NULL, "the TLS certificate has expired", {"expires", .s = mn_str(when)},
               {"hint", .s = MN_STR(RENEWING)});
    else if (days < MN_CERTIFICATE_SOON)
        MN_LOG(log, WARN, NULL, "the TLS certificate expires soon", {"expires", .s = mn_str(when)},
               {"days", .i = days, .is_int = true}, {"hint", .s = MN_STR(RENEWING)});
    else
        MN_LOG(log, INFO, NULL, "TLS certificate", {"expires", .s = mn_str(when)},
               {"days", .i = days, .is_int = true});
}

/* 1 goes on, 0 ends the handshake. */
static int present(SSL *ssl, void *owner)
{
    struct mn_certificate *const *current = owner;
    SSL_CTX *kept = (*current)->kept;
    STACK_OF(X509) *chain = NULL;

    SSL_certs_clear(ssl);
    SSL_CTX_get0_chain_certs(kept, &chain);
    return SSL_use_cert_and_key(ssl, SSL_CTX_get0_certificate(kept), SSL_CTX_get0_privatekey(kept),
                                chain, 1);
}

int mn_server_tls_ready(void *ssl_ctx, struct mn_certificate *const *current)
{
    SSL_CTX *ctx = ssl_ctx;

    if (SSL_CTX_set_min_proto_version(ctx, TLS1_2_VERSION) != 1 ||
        SSL_CTX_set_cipher_list(ctx, CIPHERS) != 1)
        return MN_ETLS;
    SSL_CTX_set_options(ctx, SSL_OP_CIPHER_SERVER_PREFERENCE | SSL_OP_NO_COMPRESSION |
                                 SSL_OP_NO_RENEGOTIATION);
    SSL_CTX_set_cert_cb(ctx, present, (void *)current);
    return 0;
}
