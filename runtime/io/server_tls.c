/* server_tls.c - OpenSSL's opinion of a certificate and its key. */
#include "io/server_tls.h"

#include "base/err.h"

#include <openssl/err.h>
#include <openssl/ssl.h>

/* A key that wants a pass phrase is refused; nobody is there to type it. */
/* NOLINTNEXTLINE(readability-non-const-parameter): the type is OpenSSL's */
static int no_pass_phrase(char *buf, int size, int writing, void *owner)
{
    (void)buf, (void)size, (void)writing, (void)owner;
    return -1;
}

static int refuse(struct mn_log *log, const char *what, const char *file)
{
    const char *why = ERR_reason_error_string(ERR_peek_error());

    MN_LOG(log, ERROR, NULL, what, {"file", .s = mn_str(file)},
           {"why", .s = mn_str(why != NULL ? why : "it cannot be read")});
    ERR_clear_error();
    return MN_ETLS;
}

int mn_server_tls_check(const char *cert_file, const char *key_file, struct mn_log *log)
{
    SSL_CTX *ctx = SSL_CTX_new(TLS_server_method());
    int err = 0;

    ERR_clear_error();
    if (ctx == NULL)
        return MN_ETLS;
    SSL_CTX_set_default_passwd_cb(ctx, no_pass_phrase);
    if (SSL_CTX_use_certificate_chain_file(ctx, cert_file) != 1)
        err = refuse(log, "the TLS certificate cannot be used", cert_file);
    else if (key_file == NULL)
        err = refuse(log, "a TLS certificate needs its key", cert_file);
    else if (SSL_CTX_use_PrivateKey_file(ctx, key_file, SSL_FILETYPE_PEM) != 1)
        err = refuse(log, "the TLS key cannot be used", key_file);
    SSL_CTX_free(ctx);
    return err;
}

long mn_server_tls_options(void)
{
    return (long)(SSL_OP_NO_SSLv3 | SSL_OP_NO_TLSv1 | SSL_OP_NO_TLSv1_1);
}
