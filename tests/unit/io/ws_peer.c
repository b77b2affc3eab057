/* ws_peer.c - the server behind ws_peer.h: uv's TCP, OpenSSL on memory, ws_frame in its other
 * role. */
#include "test.h"

#include "ws_peer.h"

#include "io/ws_handshake.h"

#include <openssl/x509v3.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

/* A certificate that is its own authority, for a day. */
static void make_certificate(struct ws_peer *p)
{
    EVP_PKEY *key = EVP_EC_gen("P-256");
    X509 *cert = X509_new();
    X509_EXTENSION *names;
    char text[80];
    FILE *f;
    int fd;

    X509_set_version(cert, X509_VERSION_3);
    ASN1_INTEGER_set(X509_get_serialNumber(cert), 1);
    X509_gmtime_adj(X509_getm_notBefore(cert), -3600);
    X509_gmtime_adj(X509_getm_notAfter(cert), 24 * 3600);
    X509_set_pubkey(cert, key);
    X509_NAME_add_entry_by_txt(X509_get_subject_name(cert), "CN", MBSTRING_ASC,
                               (const unsigned char *)"test", -1, -1, 0);
    X509_set_issuer_name(cert, X509_get_subject_name(cert));
    snprintf(text, sizeof(text), "DNS:%s", p->cert_host != NULL ? p->cert_host : "localhost");
    names = X509V3_EXT_conf_nid(NULL, NULL, NID_subject_alt_name, text);
    X509_add_ext(cert, names, -1);
    X509_EXTENSION_free(names);
    assert_true(X509_sign(cert, key, EVP_sha256()) > 0);

    snprintf(p->ca_file, sizeof(p->ca_file), "/tmp/myna-test-XXXXXX");
    fd = mkstemp(p->ca_file);
    assert_true(fd >= 0);
    f = fdopen(fd, "w");
    assert_int_equal(PEM_write_X509(f, cert), 1);
    fclose(f);

    p->ssl_ctx = SSL_CTX_new(TLS_server_method());
    SSL_CTX_use_certificate(p->ssl_ctx, cert);
    SSL_CTX_use_PrivateKey(p->ssl_ctx, key);
    X509_free(cert);
    EVP_PKEY_free(key);
}

static void on_written(uv_write_t *write, int status)
{
    (void)status;
    free(write->data);
    free(write);
}

static void write_raw(struct ws_peer *p, const void *bytes, size_t n)
{
    uv_write_t *write = malloc(sizeof(*write));
    uv_buf_t buf;

    write->data = malloc(n);
    memcpy(write->data, bytes, n);
    buf = uv_buf_init(write->data, (unsigned)n);
    if (uv_write(write, (uv_stream_t *)&p->socket, &buf, 1, on_written) < 0)
        on_written(write, -1);
}

/* Sends what TLS has ready. */
static void flush_tls(struct ws_peer *p)
{
    char out[16 * 1024];
    int n;

    while ((n = BIO_read(SSL_get_wbio(p->ssl), out, sizeof(out))) > 0)
        write_raw(p, out, (size_t)n);
}

void ws_peer_write(struct ws_peer *p, const void *bytes, size_t n)
{
    if (!p->tls) {
        write_raw(p, bytes, n);
        return;
    }
    assert_int_equal(SSL_write(p->ssl, bytes, (int)n), n);
    flush_tls(p);
}

void ws_peer_send(struct ws_peer *p, enum mn_ws_opcode opcode, bool final, struct mn_str payload)
{
    unsigned char *frame = malloc(MN_WS_HEADER_MAX + payload.n);
    size_t n = mn_ws_header(frame, opcode, final, payload.n, NULL);

    if (payload.n > 0)
        memcpy(frame + n, payload.p, payload.n);
    ws_peer_write(p, frame, n + payload.n);
    free(frame);
}

void ws_peer_send_close(struct ws_peer *p, int code, struct mn_str reason)
{
    unsigned char payload[MN_WS_CONTROL_MAX];
    size_t n = mn_ws_close_payload(payload, code, reason);

    ws_peer_send(p, MN_WS_CLOSE, true, (struct mn_str){(char *)payload, n});
}

static void answer_message(struct ws_peer *p, const struct mn_ws_message *m)
{
    if (m->opcode == MN_WS_CLOSE)
        ws_peer_send_close(p, m->code, m->payload);
    else if (m->opcode == MN_WS_PING)
        ws_peer_send(p, MN_WS_PONG, true, m->payload);
    else if (m->opcode != MN_WS_PONG)
        ws_peer_send(p, m->opcode, true, m->payload);
}

static void take_frames(struct ws_peer *p, unsigned char *bytes, size_t n)
{
    struct mn_ws_message m;
    int got;

    while ((got = mn_ws_decode(&p->decoder, &bytes, &n, &m)) == 1) {
        p->messages++;
        if (p->on_message != NULL)
            p->on_message(p, &m);
        else
            answer_message(p, &m);
    }
    assert_int_equal(got, 0);
}

static void say_yes(struct ws_peer *p)
{
    static const char name[] = "Sec-WebSocket-Key: ";
    char *key = strstr(p->request.p, name), accept[MN_WS_ACCEPT_MAX], text[512];

    assert_non_null(key);
    key += sizeof(name) - 1;
    mn_ws_accept(accept, (struct mn_str){key, strcspn(key, "\r")});
    snprintf(text, sizeof(text),
             "HTTP/1.1 101 Switching Protocols\r\nupgrade: WebSocket\r\n"
             "Connection: keep-alive, Upgrade\r\nSec-WebSocket-Accept: %s\r\n%s\r\n",
             accept, p->extra != NULL ? p->extra : "");
    ws_peer_write(p, text, strlen(text));
}

static void take_bytes(struct ws_peer *p, unsigned char *bytes, size_t n)
{
    if (p->open) {
        take_frames(p, bytes, n);
        return;
    }
    mn_buf_add(&p->request, bytes, n);
    if (strstr(p->request.p, "\r\n\r\n") == NULL)
        return;
    if (p->answer != NULL) {
        ws_peer_write(p, p->answer, strlen(p->answer));
        return;
    }
    p->open = true;
    say_yes(p);
    if (p->on_open != NULL)
        p->on_open(p);
}

static void take_tls(struct ws_peer *p, size_t n)
{
    int got;

    BIO_write(SSL_get_rbio(p->ssl), p->scratch, (int)n);
    for (;;) {
        got = SSL_read(p->ssl, p->scratch, sizeof(p->scratch));
        flush_tls(p);
        if (got <= 0)
            return;
        take_bytes(p, p->scratch, (size_t)got);
    }
}

static void on_room(uv_handle_t *handle, size_t suggested, uv_buf_t *buf)
{
    struct ws_peer *p = handle->data;

    (void)suggested;
    *buf = uv_buf_init((char *)p->scratch, sizeof(p->scratch));
}

static void on_read(uv_stream_t *stream, ssize_t n, const uv_buf_t *buf)
{
    struct ws_peer *p = stream->data;

    (void)buf;
    mn_clock_update(mn_loop_clock(p->loop));
    if (n < 0)
        ws_peer_vanish(p);
    else if (n > 0 && p->tls)
        take_tls(p, (size_t)n);
    else if (n > 0)
        take_bytes(p, p->scratch, (size_t)n);
}

static void on_connection(uv_stream_t *listener, int status)
{
    struct ws_peer *p = listener->data;

    assert_int_equal(status, 0);
    assert_false(p->accepted);
    uv_tcp_init(listener->loop, &p->socket);
    p->socket.data = p;
    p->accepted = true;
    assert_int_equal(uv_accept(listener, (uv_stream_t *)&p->socket), 0);
    uv_tcp_nodelay(&p->socket, 1);
    if (p->tls) {
        p->ssl = SSL_new(p->ssl_ctx);
        SSL_set_bio(p->ssl, BIO_new(BIO_s_mem()), BIO_new(BIO_s_mem()));
        SSL_set_accept_state(p->ssl);
    }
    ws_peer_go_on_reading(p);
}

void ws_peer_open(struct ws_peer *p, struct mn_loop *loop)
{
    struct sockaddr_in at;
    int size = sizeof(at);

    p->loop = loop;
    uv_ip4_addr("127.0.0.1", 0, &at);
    uv_tcp_init(mn_loop_uv(loop), &p->listener);
    p->listener.data = p;
    assert_int_equal(uv_tcp_bind(&p->listener, (struct sockaddr *)&at, 0), 0);
    assert_int_equal(uv_listen((uv_stream_t *)&p->listener, 1, on_connection), 0);
    uv_tcp_getsockname(&p->listener, (struct sockaddr *)&at, &size);
    p->port = ntohs(at.sin_port);
    snprintf(p->url, sizeof(p->url), "%s://localhost:%d/v1?model=x", p->tls ? "wss" : "ws",
             p->port);
    mn_ws_decoder_open(&p->decoder, MN_WS_SERVER, 64 * 1024 * 1024);
    if (p->tls)
        make_certificate(p);
}

void ws_peer_stop_reading(struct ws_peer *p)
{
    uv_read_stop((uv_stream_t *)&p->socket);
}

void ws_peer_go_on_reading(struct ws_peer *p)
{
    uv_read_start((uv_stream_t *)&p->socket, on_room, on_read);
}

void ws_peer_vanish(struct ws_peer *p)
{
    if (p->accepted && !uv_is_closing((uv_handle_t *)&p->socket))
        uv_close((uv_handle_t *)&p->socket, NULL);
}

void ws_peer_close(struct ws_peer *p)
{
    ws_peer_vanish(p);
    uv_close((uv_handle_t *)&p->listener, NULL);
}

void ws_peer_free(struct ws_peer *p)
{
    mn_ws_decoder_close(&p->decoder);
    mn_buf_free(&p->request);
    SSL_free(p->ssl);
    SSL_CTX_free(p->ssl_ctx);
    if (p->ca_file[0] != '\0')
        unlink(p->ca_file);
}
