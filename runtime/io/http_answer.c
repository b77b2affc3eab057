/* http_answer.c - what came back for a request, or why nothing did. */
#include "base/err.h"
#include "io/http_op.h"

#include <stdlib.h>

static const struct {
    CURLcode result;
    const char *code;
} codes[] = {
    {CURLE_COULDNT_RESOLVE_HOST, "dns"},
    {CURLE_COULDNT_CONNECT, "refused"},
    {CURLE_OPERATION_TIMEDOUT, "timeout"},
    {CURLE_SSL_CONNECT_ERROR, "tls"},
    {CURLE_PEER_FAILED_VERIFICATION, "tls"},
    {CURLE_SSL_CERTPROBLEM, "tls"},
    {CURLE_SSL_CACERT_BADFILE, "tls"},
    {CURLE_SSL_CIPHER, "tls"},
    {CURLE_SSL_ISSUER_ERROR, "tls"},
    {CURLE_SSL_ENGINE_INITFAILED, "tls"},
    {CURLE_SEND_ERROR, "reset"},
    {CURLE_RECV_ERROR, "reset"},
    {CURLE_GOT_NOTHING, "reset"},
    {CURLE_PARTIAL_FILE, "reset"},
    {CURLE_HTTP2, "reset"},
    {CURLE_HTTP2_STREAM, "reset"},
    {CURLE_FILESIZE_EXCEEDED, "too_large"},
};

void mn_http_op_fail(struct mn_http_op *op, const char *code, const char *message)
{
    op->status = 0;
    op->err_code = code;
    op->err_message = message;
}

static size_t stream_bytes(struct mn_http_op *op, struct mn_str bytes)
{
    mn_http_op_is_alive(op);
    if (op->stream->bytes(op->owner, bytes))
        return bytes.n;
    op->paused = true;
    mn_timer_stop(&op->wait); /* now it is not the other side that is slow */
    return CURL_WRITEFUNC_PAUSE;
}

size_t mn_http_op_on_body(char *p, size_t size, size_t n, void *owner)
{
    struct mn_http_op *op = owner;

    (void)size; /* always 1 */
    if (op->streaming)
        return stream_bytes(op, (struct mn_str){p, n});
    mn_http_op_is_alive(op);
    if (mn_buf_add(&op->answer, p, n) == 0)
        return n;
    mn_http_op_fail(op, op->answer.err == MN_ELIMIT ? "too_large" : "other",
                    op->answer.err == MN_ELIMIT ? "the body is over the limit" : "out of memory");
    return 0;
}

/* All headers of the answer are there. Not so after an interim one, and trailers come later. */
static bool is_last_line(struct mn_http_op *op, struct mn_str line)
{
    long status = 0;

    if (op->streaming || !mn_str_is(line, "\r\n"))
        return false;
    curl_easy_getinfo(op->easy, CURLINFO_RESPONSE_CODE, &status);
    op->status = (int)status;
    return status >= 200;
}

static bool tell_head(struct mn_http_op *op);

size_t mn_http_op_on_header(char *p, size_t size, size_t n, void *owner)
{
    struct mn_http_op *op = owner;
    struct mn_str line = {p, n};

    (void)size;
    mn_http_op_is_alive(op);
    if (mn_str_starts(line, MN_STR("HTTP/")))
        mn_buf_clear(&op->head); /* what came before belongs to an interim answer */
    if (mn_buf_add(&op->head, p, n) < 0) {
        mn_http_op_fail(op, op->head.err == MN_ELIMIT ? "too_large" : "other",
                        op->head.err == MN_ELIMIT ? "the headers are over the limit"
                                                  : "out of memory");
        return 0;
    }
    if (!is_last_line(op, line))
        return n;
    mn_http_client_decide(op);
    if (op->stream == NULL || mn_http_op_follows(op, op->status))
        return n;
    return tell_head(op) ? n : 0;
}

void mn_http_op_read_result(struct mn_http_op *op, CURLcode result)
{
    const char *code = "other";
    size_t i;

    if (op->err_code != NULL)
        return; /* we know better why curl gave up */
    if (result == CURLE_OK)
        return;
    if (result == CURLE_COULDNT_CONNECT && mn_http_op_say_private(op))
        return;
    for (i = 0; i < sizeof(codes) / sizeof(codes[0]); i++)
        if (codes[i].result == result)
            code = codes[i].code;
    mn_http_op_fail(op, code, op->error[0] != '\0' ? op->error : curl_easy_strerror(result));
}

static struct mn_str trim(struct mn_str s)
{
    while (s.n > 0 && (s.p[0] == ' ' || s.p[0] == '\t'))
        s.p++, s.n--;
    while (s.n > 0 && strchr(" \t\r", s.p[s.n - 1]) != NULL)
        s.n--;
    return s;
}

/* Splits the lines in op->head; names are made lower case where they lie. Returns how many. */
static int split_headers(struct mn_http_op *op, struct mn_header *headers)
{
    char *p = op->head.p, *end = p + op->head.n, *line_end, *colon, *c;
    int n = 0;

    for (; p < end; p = line_end + 1) {
        line_end = memchr(p, '\n', (size_t)(end - p));
        if (line_end == NULL)
            break;
        colon = memchr(p, ':', (size_t)(line_end - p));
        if (colon == NULL)
            continue; /* the status line, the last line */
        for (c = p; c < colon; c++)
            if (*c >= 'A' && *c <= 'Z')
                *c += 'a' - 'A';
        headers[n].name = trim((struct mn_str){p, (size_t)(colon - p)});
        headers[n++].value = trim((struct mn_str){colon + 1, (size_t)(line_end - colon - 1)});
    }
    return n;
}

/* Fills in status and headers, to be freed. False when there is no memory. */
static bool read_head(struct mn_http_op *op, struct mn_http_answer *answer,
                      struct mn_header **headers)
{
    size_t lines = 0, i;

    for (i = 0; i < op->head.n; i++)
        lines += op->head.p[i] == '\n';
    *headers = calloc(lines + 1, sizeof(**headers));
    if (*headers == NULL)
        return false;
    answer->status = op->status;
    answer->headers = *headers;
    answer->nheaders = op->head.n > 0 ? split_headers(op, *headers) : 0;
    return true;
}

static bool tell_head(struct mn_http_op *op)
{
    struct mn_http_answer answer = {0};
    struct mn_header *headers = NULL;

    if (!read_head(op, &answer, &headers)) {
        mn_http_op_fail(op, "other", "out of memory");
        return false;
    }
    mn_http_op_begin_stream(op);
    op->stream->head(op->owner, &answer);
    free(headers);
    return true;
}

void mn_http_op_tell(struct mn_http_op *op)
{
    struct mn_http_answer answer = {.err_code = op->err_code, .err_message = op->err_message};
    struct mn_header *headers = NULL;

    if (op->err_code == NULL && !read_head(op, &answer, &headers))
        answer = (struct mn_http_answer){.err_code = "other", .err_message = "out of memory"};
    if (answer.err_code == NULL)
        answer.body = mn_buf_str(&op->answer);
    op->done(op->owner, &answer);
    free(headers);
}
