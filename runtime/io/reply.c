/* reply.c - the bytes of an HTTP/1.1 answer (RFC 9112), and the API's error object. */
#include "base/json_write.h"
#include "io/route.h"
#include "io/server_conn.h"

#include <strings.h>

static const struct {
    int status;
    const char *reason;
} reasons[] = {
    {200, "OK"},
    {201, "Created"},
    {202, "Accepted"},
    {204, "No Content"},
    {301, "Moved Permanently"},
    {302, "Found"},
    {303, "See Other"},
    {304, "Not Modified"},
    {307, "Temporary Redirect"},
    {308, "Permanent Redirect"},
    {400, "Bad Request"},
    {401, "Unauthorized"},
    {403, "Forbidden"},
    {404, "Not Found"},
    {405, "Method Not Allowed"},
    {406, "Not Acceptable"},
    {408, "Request Timeout"},
    {409, "Conflict"},
    {410, "Gone"},
    {411, "Length Required"},
    {412, "Precondition Failed"},
    {413, "Content Too Large"},
    {415, "Unsupported Media Type"},
    {421, "Misdirected Request"},
    {422, "Unprocessable Content"},
    {426, "Upgrade Required"},
    {429, "Too Many Requests"},
    {500, "Internal Server Error"},
    {501, "Not Implemented"},
    {502, "Bad Gateway"},
    {503, "Service Unavailable"},
    {504, "Gateway Timeout"},
    {505, "HTTP Version Not Supported"},
};

static const char *reason_of(int status)
{
    size_t i;

    for (i = 0; i < sizeof(reasons) / sizeof(reasons[0]); i++)
        if (reasons[i].status == status)
            return reasons[i].reason;
    return "Unknown";
}

/* A line break in a value would begin a header, or an answer, of the author of the value. */
static bool is_plain(struct mn_str s)
{
    size_t i;

    for (i = 0; i < s.n; i++)
        if ((unsigned char)s.p[i] < ' ' && s.p[i] != '\t')
            return false;
    return true;
}

static void add_header(struct mn_buf *out, struct mn_str name, struct mn_str value)
{
    if (name.n == 0 || !is_plain(name) || !is_plain(value) || memchr(name.p, ':', name.n) != NULL)
        return;
    mn_buf_add_str(out, name);
    mn_buf_add_text(out, ": ");
    mn_buf_add_str(out, value);
    mn_buf_add_text(out, "\r\n");
}

static bool is_bodiless(const struct mn_reply *reply)
{
    return reply->status == 204 || reply->status == 304; /* RFC 9110, 6.4.1 */
}

static void begin(struct mn_buf *out, const struct mn_reply *reply)
{
    mn_buf_addf(out, "HTTP/1.1 %d %s\r\n", reply->status, reason_of(reply->status));
    if (!is_bodiless(reply))
        add_header(out, MN_STR("Content-Type"),
                   mn_str(reply->type != NULL ? reply->type : "application/json"));
}

/* Whether the reply has that header of its own. */
static bool says(const struct mn_reply *reply, struct mn_str name)
{
    for (int i = 0; i < reply->nheaders; i++) {
        if (reply->headers[i].name.n == name.n &&
            strncasecmp(reply->headers[i].name.p, name.p, name.n) == 0)
            return true;
    }
    return false;
}

/* What a browser is to do with any answer that does not say so itself: believe its type, tell no
 * other site where it was, keep nothing that may be a secret. What is no page cannot be framed, nor
 * load or run anything; pages of routes have policies of their own. */
static void harden(struct mn_buf *out, const struct mn_reply *reply)
{
    static const struct mn_header always[] = {
        {{"X-Content-Type-Options", 22}, {"nosniff", 7}},
        {{"Referrer-Policy", 15}, {"no-referrer", 11}},
        {{"Cache-Control", 13}, {"no-store", 8}},
    };
    static const struct mn_header no_page = {{"Content-Security-Policy", 23},
                                             {"default-src 'none'; frame-ancestors 'none'", 42}};

    for (size_t i = 0; i < sizeof(always) / sizeof(always[0]); i++) {
        if (!says(reply, always[i].name))
            add_header(out, always[i].name, always[i].value);
    }
    if (reply->type == NULL && !says(reply, no_page.name))
        add_header(out, no_page.name, no_page.value);
}

static void end(struct mn_buf *out, const struct mn_reply *reply, struct mn_str origin)
{
    harden(out, reply);
    if (origin.n > 0 && !says(reply, MN_STR("access-control-allow-origin"))) {
        add_header(out, MN_STR("Access-Control-Allow-Origin"), origin);
        add_header(out, MN_STR("Access-Control-Expose-Headers"), MN_STR("*"));
        add_header(out, MN_STR("Vary"), MN_STR("Origin"));
    }
    for (int i = 0; i < reply->nheaders; i++)
        add_header(out, reply->headers[i].name, reply->headers[i].value);
    mn_buf_add_text(out, "Connection: close\r\n\r\n");
}

void mn_reply_write(struct mn_buf *out, const struct mn_reply *reply, struct mn_str origin,
                    bool head_only)
{
    begin(out, reply);
    if (!is_bodiless(reply))
        mn_buf_addf(out, "Content-Length: %zu\r\n", reply->body.n);
    end(out, reply, origin);
    if (!is_bodiless(reply) && !head_only)
        mn_buf_add_str(out, reply->body);
}

void mn_reply_begin(struct mn_buf *out, const struct mn_reply *reply, struct mn_str origin,
                    bool chunked)
{
    begin(out, reply);
    if (chunked && !is_bodiless(reply))
        mn_buf_add_text(out, "Transfer-Encoding: chunked\r\n");
    end(out, reply, origin);
}

#define RETRY_SECONDS "5" /* what refused with 503 ends soon, or another server takes the next */

/* RFC 9110: a 405 names the methods (15.5.6), a 426 the protocol to change to (15.5.22), and a 503
 * when to come again (15.6.4). */
static int add_demanded(struct mn_header *headers, const struct mn_exchange *x, int status,
                        struct mn_buf *methods)
{
    if (status == 426) {
        headers[0] = (struct mn_header){MN_STR("Upgrade"), MN_STR("websocket")};
        headers[1] = (struct mn_header){MN_STR("Sec-WebSocket-Version"), MN_STR("13")};
        return 2;
    }
    if (status == 503) {
        headers[0] = (struct mn_header){MN_STR("Retry-After"), MN_STR(RETRY_SECONDS)};
        return 1;
    }
    if (status != 405)
        return 0;
    mn_buf_add_str(methods, mn_buf_str(&x->allow));
    if (methods->n == 0)
        mn_route_methods(x->conn->server->routes, mn_buf_str(&x->path), methods);
    headers[0] = (struct mn_header){MN_STR("Allow"), mn_buf_str(methods)};
    return 1;
}

struct refusal {
    int status;
    const char *type, *code, *param, *message;
    int64_t retry_s; /* 0: not said */
};

static const char *type_of(int status)
{
    return status >= 500   ? "server_error"
           : status == 429 ? "rate_limit_error"
                           : "invalid_request_error";
}

static void refuse(struct mn_exchange *x, const struct refusal *r)
{
    struct mn_buf body = {0}, methods = {0}, retry = {0};
    struct mn_writer w = mn_writer(&body);
    struct mn_header headers[3];
    struct mn_reply reply = {.status = r->status, .headers = headers};

    mn_write_open(&w, NULL, '{');
    mn_write_open(&w, "error", '{');
    mn_write_text(&w, "message", r->message);
    mn_write_text(&w, "type", r->type != NULL ? r->type : type_of(r->status));
    mn_write_text(&w, "code", r->code);
    mn_write_text(&w, "param", r->param);
    mn_write_close(&w);
    mn_write_close(&w);
    reply.body = mn_buf_str(&body); /* without memory: empty, the status still tells */
    reply.nheaders = add_demanded(headers, x, r->status, &methods);
    if (r->retry_s > 0 && mn_buf_add_int(&retry, r->retry_s) == 0)
        headers[reply.nheaders++] = (struct mn_header){MN_STR("Retry-After"), mn_buf_str(&retry)};
    mn_exchange_reply(x, &reply);
    mn_buf_free(&retry);
    mn_buf_free(&methods);
    mn_buf_free(&body);
}

void mn_exchange_refuse(struct mn_exchange *x, int status, const char *type, const char *code,
                        const char *message)
{
    refuse(x, &(struct refusal){status, type, code, NULL, message, 0});
}

void mn_exchange_refuse_for(struct mn_exchange *x, int status, const char *code,
                            const char *message, int64_t retry_s)
{
    refuse(x, &(struct refusal){status, NULL, code, NULL, message, retry_s});
}

void mn_exchange_refuse_field(struct mn_exchange *x, int status, const char *code,
                              const char *param, const char *message)
{
    refuse(x, &(struct refusal){status, NULL, code, param, message, 0});
}

void mn_exchange_refuse_param(struct mn_exchange *x, const char *code, const char *param,
                              const char *message)
{
    refuse(x, &(struct refusal){400, NULL, code, param, message, 0});
}
