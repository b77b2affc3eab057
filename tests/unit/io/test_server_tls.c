/* test_server_tls.c - the server behind TLS, asked by the pool; certificates that cannot be used.
 */
#include "wire.h"

#include "base/err.h"
#include "io/http.h"
#include "io/server.h"
#include "io/server_tls.h"

#include <openssl/pem.h>
#include <openssl/x509v3.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

struct files {
    char cert[40], key[40];
};

static FILE *make_file(char name[40])
{
    int fd;

    strcpy(name, "/tmp/myna-test-XXXXXX");
    fd = mkstemp(name);
    assert_true(fd >= 0);
    return fdopen(fd, "w");
}

/* A certificate for localhost that is its own authority, good for so many seconds, and its key. */
static void make_files_for(struct files *f, long seconds)
{
    EVP_PKEY *key = EVP_EC_gen("P-256");
    X509 *cert = X509_new();
    X509_EXTENSION *names = X509V3_EXT_conf_nid(NULL, NULL, NID_subject_alt_name, "DNS:localhost");
    FILE *out;

    X509_set_version(cert, X509_VERSION_3);
    X509_gmtime_adj(X509_getm_notBefore(cert), -3600);
    X509_gmtime_adj(X509_getm_notAfter(cert), seconds);
    X509_set_pubkey(cert, key);
    X509_NAME_add_entry_by_txt(X509_get_subject_name(cert), "CN", MBSTRING_ASC,
                               (const unsigned char *)"localhost", -1, -1, 0);
    X509_set_issuer_name(cert, X509_get_subject_name(cert));
    X509_add_ext(cert, names, -1);
    assert_true(X509_sign(cert, key, EVP_sha256()) > 0);
    out = make_file(f->cert);
    PEM_write_X509(out, cert);
    fclose(out);
    out = make_file(f->key);
    PEM_write_PrivateKey(out, key, NULL, NULL, 0, NULL, NULL);
    fclose(out);
    X509_EXTENSION_free(names);
    X509_free(cert);
    EVP_PKEY_free(key);
}

static void make_files(struct files *f)
{
    make_files_for(f, 3600);
}

static void remove_files(struct files *f)
{
    unlink(f->cert);
    unlink(f->key);
}

static void page(void *owner, struct mn_exchange *x)
{
    static char body[300000];

    (void)owner;
    memset(body, 'x', sizeof(body));
    mn_exchange_reply(x, &(struct mn_reply){.status = 200, .body = {body, sizeof(body)}});
}

static const struct mn_route routes[] = {{.method = "GET", .path = "/", .handle = page}, {0}};

struct told {
    int times, status;
    size_t n;
    char code[16];
};

static void on_done(void *owner, const struct mn_http_answer *a)
{
    struct told *t = owner;

    t->times++;
    t->status = a->status;
    t->n = a->body.n;
    snprintf(t->code, sizeof(t->code), "%s", a->err_code != NULL ? a->err_code : "");
}

static void fetch(struct wire *w, int port, const char *ca_file, struct mn_str ca,
                  struct told *told)
{
    struct mn_http_settings settings = {.ca_file = ca_file, .any_host = true};
    struct mn_http *http;
    struct mn_http_op *op;
    char url[64];

    memset(told, 0, sizeof(*told));
    snprintf(url, sizeof(url), "https://localhost:%d/", port);
    assert_int_equal(mn_http_open(&http, w->loop, &settings), 0);
    assert_int_equal(
        mn_http_send(http,
                     &(struct mn_http_ask){.method = MN_STR("GET"), .url = mn_str(url), .ca = ca},
                     on_done, told, &op),
        0);
    UNTIL(w, told->times == 1);
    mn_http_close(http);
}

static struct mn_buf read_file(const char *path)
{
    struct mn_buf text = {0};
    char some[4096];
    FILE *file = fopen(path, "r");

    assert_non_null(file);
    assert_int_equal(mn_buf_add(&text, some, fread(some, 1, sizeof(some), file)), 0);
    fclose(file);
    return text;
}

TEST(a_server_speaks_TLS_to_those_who_trust_it)
{
    struct wire w;
    struct files files;
    struct mn_server *server;
    struct mn_server_settings settings = {.cert_file = files.cert, .key_file = files.key};
    struct mn_buf pem;
    struct told told;
    struct peer plain = {0};

    make_files(&files);
    wire_open(&w);
    assert_int_equal(mn_server_open(&server, w.loop, &settings, routes, NULL), 0);
    fetch(&w, mn_server_port(server), files.cert, (struct mn_str){0}, &told);
    assert_int_equal(told.status, 200);
    assert_int_equal(told.n, 300000);
    fetch(&w, mn_server_port(server), NULL, (struct mn_str){0}, &told);
    assert_string_equal(told.code, "tls");
    pem = read_file(files.cert); /* a client's own authorities, instead of the pool's */
    fetch(&w, mn_server_port(server), NULL, mn_buf_str(&pem), &told);
    assert_int_equal(told.status, 200);
    fetch(&w, mn_server_port(server), files.cert, MN_STR("no certificate"), &told);
    assert_string_equal(told.code, "tls");
    mn_buf_free(&pem);
    peer_dial(&w, &plain, mn_server_port(server));
    peer_text(&plain, "GET / HTTP/1.1\r\nHost: h\r\n\r\n");
    UNTIL(&w, plain.ended); /* without TLS there is nothing to be had */
    assert_false(peer_heard(&plain, "200 OK"));
    mn_server_close(server);
    peer_hang_up(&w, &plain);
    wire_close(&w);
    remove_files(&files);
}

TEST(a_certificate_that_cannot_be_used_is_a_clear_error)
{
    struct wire w;
    struct files files, others;
    struct mn_server *server;
    struct mn_server_settings settings = {.cert_file = "/nowhere.pem", .key_file = files.key};

    make_files(&files);
    make_files(&others);
    wire_open(&w);
    assert_int_equal(mn_server_open(&server, w.loop, &settings, routes, NULL), MN_ETLS);
    settings.cert_file = files.cert;
    settings.key_file = others.key;
    assert_int_equal(mn_server_open(&server, w.loop, &settings, routes, NULL), MN_ETLS);
    assert_non_null(strstr(w.lines.p, "key values mismatch"));
    settings.key_file = NULL;
    assert_int_equal(mn_server_open(&server, w.loop, &settings, routes, NULL), MN_ETLS);
    assert_null(server);
    wire_close(&w);
    remove_files(&files);
    remove_files(&others);
}

TEST(a_certificate_is_warned_of_fourteen_days_before_it_expires)
{
    static const struct {
        long seconds;
        int days;
        const char *told;
    } rows[] = {
        {15 * 86400L, 15, "info  TLS certificate expires=2"},
        {14 * 86400L + 60, 14, "info  TLS certificate expires=2"},
        {14 * 86400L - 60, 13, "warn  the TLS certificate expires soon expires=2"},
        {-60, -1, "warn  the TLS certificate has expired expires=2"},
    };
    struct mn_certificate *certificate;
    struct mn_buf why = {0};
    struct files files;
    char when[32];
    struct wire w;

    wire_open(&w);
    w.log.level = MN_LOG_INFO;
    for (size_t i = 0; i < sizeof(rows) / sizeof(rows[0]); i++) {
        make_files_for(&files, rows[i].seconds);
        assert_int_equal(mn_certificate_read(&certificate, files.cert, files.key, &why), 0);
        assert_int_equal(mn_certificate_days(certificate, when), rows[i].days);
        assert_int_equal(strlen(when), strlen("2026-12-01T08:00:00Z"));
        mn_buf_clear(&w.lines);
        mn_certificate_tell(certificate, &w.log);
        assert_non_null(strstr(w.lines.p, rows[i].told));
        mn_certificate_free(certificate);
        remove_files(&files);
    }
    mn_buf_free(&why);
    wire_close(&w);
}

TEST(a_key_of_another_kind_is_refused_in_words)
{
    struct files files;
    struct mn_certificate *certificate;
    struct mn_buf why = {0};
    EVP_PKEY *key = EVP_RSA_gen(2048);
    FILE *out;

    make_files(&files);
    out = fopen(files.key, "w");
    assert_non_null(out);
    PEM_write_PrivateKey(out, key, NULL, NULL, 0, NULL, NULL);
    fclose(out);
    assert_int_equal(mn_certificate_read(&certificate, files.cert, files.key, &why), MN_ETLS);
    assert_null(certificate);
    assert_non_null(strstr(why.p, "--tls-key"));
    assert_non_null(strstr(why.p, "key values mismatch"));
    EVP_PKEY_free(key);
    mn_buf_free(&why);
    remove_files(&files);
}
