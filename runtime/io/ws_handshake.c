/* ws_handshake.c - the request and the judging of its answer, behind ws_handshake.h. */
#include "io/ws_handshake.h"

#include "base/b64.h"
#include "base/err.h"

#include <errno.h>
#include <openssl/sha.h>
#include <stdio.h>
#include <strings.h>

int mn_ws_accept(char out[MN_WS_ACCEPT_MAX], struct mn_str key)
{
    static const char guid[] = "258EAFA5-E914-47DA-95CA-C5AB0DC85B11"; /* RFC 6455, 1.3 */
    unsigned char digest[SHA_DIGEST_LENGTH];
    struct mn_buf b = {0};

    mn_buf_add_str(&b, key);
    mn_buf_add_text(&b, guid);
    if (b.err == 0) {
        SHA1((const unsigned char *)b.p, b.n, digest);
        mn_buf_clear(&b);
        mn_b64_encode(&b, digest, sizeof(digest));
    }
    if (b.err == 0)
        snprintf(out, MN_WS_ACCEPT_MAX, "%s", b.p);
    mn_buf_free(&b);
    return b.err;
}

static bool fits_a_line(const char *text)
{
    return strpbrk(text, "\r\n") == NULL;
}

static int write_headers(const struct mn_ws_header *h, struct mn_buf *out)
{
    for (; h != NULL && h->name != NULL; h++) {
        if (h->name[0] == '\0' || strpbrk(h->name, ": \t\r\n") != NULL || !fits_a_line(h->value))
            return MN_ECONFIG;
        mn_buf_addf(out, "%s: %s\r\n", h->name, h->value);
    }
    return out->err;
}

int mn_ws_request_write(const struct mn_ws_request *r, struct mn_buf *out)
{
    int err;

    mn_buf_addf(out,
                "GET %s HTTP/1.1\r\n"
                "Host: %s\r\n"
                "Upgrade: websocket\r\n"
                "Connection: Upgrade\r\n"
                "Sec-WebSocket-Version: 13\r\n"
                "Sec-WebSocket-Key: ",
                r->path, r->authority);
    mn_b64_encode(out, r->key, sizeof(r->key));
    mn_buf_add_text(out, "\r\n");
    if (r->subprotocols != NULL) {
        if (!fits_a_line(r->subprotocols))
            return MN_ECONFIG;
        mn_buf_addf(out, "Sec-WebSocket-Protocol: %s\r\n", r->subprotocols);
    }
    err = write_headers(r->headers, out);
    if (err < 0)
        return err;
    return mn_buf_add_text(out, "\r\n");
}

static bool same_word(struct mn_str a, struct mn_str b)
{
    return a.n == b.n && strncasecmp(a.p, b.p, a.n) == 0;
}

static struct mn_str trim(struct mn_str s)
{
    while (s.n > 0 && (s.p[0] == ' ' || s.p[0] == '\t')) {
        s.p++;
        s.n--;
    }
    while (s.n > 0 && (s.p[s.n - 1] == ' ' || s.p[s.n - 1] == '\t'))
        s.n--;
    return s;
}

/* Takes what stands before the first separator off the front of s. */
static struct mn_str take(struct mn_str *s, char separator)
{
    const char *end = s->n > 0 ? memchr(s->p, separator, s->n) : NULL;
    struct mn_str first = {s->p, end != NULL ? (size_t)(end - s->p) : s->n};
    size_t used = first.n + (end != NULL ? 1 : 0);

    s->p += used;
    s->n -= used;
    return first;
}

static bool list_has(struct mn_str list, struct mn_str word)
{
    while (list.n > 0) {
        if (same_word(trim(take(&list, ',')), word))
            return true;
    }
    return false;
}

/* What the headers said that matters here. */
struct seen {
    struct mn_str accept, subprotocol;
    bool upgrade, connection, extension;
};

/* Returns -1 when it is none, or one no body of interest has. */
static long read_number(struct mn_str digits)
{
    long n = 0;
    size_t i;

    if (digits.n == 0 || digits.n > 9)
        return -1;
    for (i = 0; i < digits.n; i++) {
        if (digits.p[i] < '0' || digits.p[i] > '9')
            return -1;
        n = n * 10 + (digits.p[i] - '0');
    }
    return n;
}

static int note_header(struct seen *seen, struct mn_ws_answer *out, struct mn_str line)
{
    struct mn_str value = line, name = take(&value, ':');

    if (name.n == 0 || name.n == line.n)
        return MN_EPROTOCOL;
    value = trim(value);
    if (same_word(name, MN_STR("Upgrade")))
        seen->upgrade = same_word(value, MN_STR("websocket"));
    else if (same_word(name, MN_STR("Connection")))
        seen->connection = seen->connection || list_has(value, MN_STR("Upgrade"));
    else if (same_word(name, MN_STR("Sec-WebSocket-Accept")))
        seen->accept = value;
    else if (same_word(name, MN_STR("Sec-WebSocket-Protocol")))
        seen->subprotocol = value;
    else if (same_word(name, MN_STR("Sec-WebSocket-Extensions")))
        seen->extension = value.n > 0;
    else if (same_word(name, MN_STR("Transfer-Encoding")))
        out->chunked = list_has(value, MN_STR("chunked"));
    else if (same_word(name, MN_STR("Content-Length")))
        out->body_n = read_number(value);
    return 0;
}

/* "HTTP/1.1 101 Switching Protocols" */
static int read_status(struct mn_str line)
{
    if (line.n < 12 || !mn_str_starts(line, MN_STR("HTTP/1.")) || line.p[8] != ' ')
        return -1;
    return (int)read_number((struct mn_str){line.p + 9, 3});
}

static int judge(const struct seen *seen, const struct mn_ws_request *asked)
{
    char accept[MN_WS_ACCEPT_MAX];
    struct mn_buf key = {0};
    int err = mn_b64_encode(&key, asked->key, sizeof(asked->key));

    if (err == 0)
        err = mn_ws_accept(accept, mn_buf_str(&key));
    mn_buf_free(&key);
    if (err < 0)
        return err;
    if (!seen->upgrade || !seen->connection || seen->extension || !mn_str_is(seen->accept, accept))
        return MN_EPROTOCOL;
    if (seen->subprotocol.n > 0 &&
        (asked->subprotocols == NULL || !list_has(mn_str(asked->subprotocols), seen->subprotocol)))
        return MN_EPROTOCOL;
    return 0;
}

int mn_ws_answer_read(struct mn_ws_answer *out, struct mn_str bytes,
                      const struct mn_ws_request *asked)
{
    size_t look = bytes.n < MN_WS_ANSWER_MAX ? bytes.n : MN_WS_ANSWER_MAX;
    const char *end = look > 0 ? memmem(bytes.p, look, "\r\n\r\n", 4) : NULL;
    struct mn_str head, line;
    struct seen seen = {0};
    bool first = true;

    *out = (struct mn_ws_answer){.body_n = -1};
    if (end == NULL)
        return bytes.n < MN_WS_ANSWER_MAX ? -EAGAIN : MN_ELIMIT;
    out->head_n = (size_t)(end - bytes.p) + 4;
    head = (struct mn_str){bytes.p, out->head_n - 2}; /* every line ends with CRLF */
    while (head.n > 0) {
        line = take(&head, '\n');
        if (line.n == 0 || line.p[line.n - 1] != '\r')
            return MN_EPROTOCOL;
        line.n--;
        if (first)
            out->status = read_status(line);
        if (out->status < 0 || (!first && note_header(&seen, out, line) < 0))
            return MN_EPROTOCOL;
        first = false;
    }
    return out->status == 101 ? judge(&seen, asked) : MN_EREFUSED;
}

bool mn_ws_answer_is_told(const struct mn_ws_answer *answer, size_t bytes_n)
{
    size_t have = bytes_n - answer->head_n;

    return have >= MN_WS_WHY_MAX || (answer->body_n >= 0 && have >= (size_t)answer->body_n);
}

/* It is shown to people and logged: one line, no controls. Of a chunked body the first chunk is
 * enough, without the line that tells its size. */
int mn_ws_answer_why(const struct mn_ws_answer *answer, struct mn_str bytes, struct mn_buf *out)
{
    struct mn_str body = {bytes.p + answer->head_n, bytes.n - answer->head_n};
    size_t i;

    if (answer->chunked)
        take(&body, '\n');
    if (body.n > MN_WS_WHY_MAX)
        body.n = MN_WS_WHY_MAX;
    mn_buf_addf(out, "HTTP %d: ", answer->status);
    i = out->n;
    mn_buf_add_str(out, body);
    for (; i < out->n; i++) {
        if ((unsigned char)out->p[i] < ' ' || out->p[i] == 0x7f)
            out->p[i] = ' ';
    }
    return out->err;
}
