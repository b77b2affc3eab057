/* http_easy.c - a curl handle for a request.
 *
 * WHY NO RESOLVING HERE  libcurl 7.88 resolves on a thread of its own and waits for it when the
 * request is cancelled (three seconds were seen). It is given the addresses instead
 * (CURLOPT_RESOLVE), which keeps the name in Host and SNI. */
#include "io/http_op.h"

#include <arpa/inet.h>
#include <errno.h>

/* "name:port:address,address", IPv6 in brackets. */
static int add_addresses(struct mn_http_op *op, const struct mn_addresses *found)
{
    struct mn_buf line = {0};
    char text[INET6_ADDRSTRLEN];
    int i;

    mn_buf_addf(&line, "%s:%d:", op->proxy_host != NULL ? op->proxy_host : op->host,
                op->proxy_host != NULL ? op->proxy_port : op->port);
    for (i = 0; i < found->n; i++) {
        const union mn_address *at = &found->at[i];
        bool v6 = at->any.sa_family == AF_INET6;
        const void *bytes = v6 ? (const void *)&at->v6.sin6_addr : &at->v4.sin_addr;

        inet_ntop(at->any.sa_family, bytes, text, sizeof(text));
        mn_buf_addf(&line, v6 ? "%s[%s]" : "%s%s", i > 0 ? "," : "", text);
    }
    curl_slist_free_all(op->addresses);
    op->addresses = NULL;
    if (line.err == 0)
        op->addresses = curl_slist_append(NULL, line.p);
    mn_buf_free(&line);
    return op->addresses != NULL ? 0 : -ENOMEM;
}

static void set_method(struct mn_http_op *op)
{
    if (strcmp(op->method, "HEAD") == 0) {
        curl_easy_setopt(op->easy, CURLOPT_NOBODY, 1L);
        return;
    }
    if (op->body.n > 0 || strcmp(op->method, "POST") == 0) {
        curl_easy_setopt(op->easy, CURLOPT_POSTFIELDSIZE_LARGE, (curl_off_t)op->body.n);
        curl_easy_setopt(op->easy, CURLOPT_POSTFIELDS, op->body.p != NULL ? op->body.p : "");
    }
    curl_easy_setopt(op->easy, CURLOPT_CUSTOMREQUEST, op->method);
}

/* Whom its certificate is checked against, and what lies between. */
static void set_way(struct mn_http_op *op, const struct mn_http_settings *settings)
{
    struct curl_blob ca = {.data = op->ca.p, .len = op->ca.n, .flags = CURL_BLOB_NOCOPY};

    /* Without one, no environment variable redirects it. */
    curl_easy_setopt(op->easy, CURLOPT_PROXY, op->proxy != NULL ? op->proxy : "");
    if (op->ca.n > 0)
        curl_easy_setopt(op->easy, CURLOPT_CAINFO_BLOB, &ca);
    else if (settings->ca_file != NULL)
        curl_easy_setopt(op->easy, CURLOPT_CAINFO, settings->ca_file);
}

/* Called often while bytes go out: what is sent is a sign of life too. */
static int on_progress(void *owner, curl_off_t down_total, curl_off_t down, curl_off_t up_total,
                       curl_off_t up)
{
    struct mn_http_op *op = owner;

    (void)down_total, (void)down, (void)up_total;
    if (up != op->sent) {
        op->sent = up;
        mn_http_op_is_alive(op);
    }
    return 0;
}

static void set_watch(struct mn_http_op *op)
{
    CURL *easy = op->easy;

    curl_easy_setopt(easy, CURLOPT_WRITEFUNCTION, mn_http_op_on_body);
    curl_easy_setopt(easy, CURLOPT_WRITEDATA, op);
    curl_easy_setopt(easy, CURLOPT_HEADERFUNCTION, mn_http_op_on_header);
    curl_easy_setopt(easy, CURLOPT_HEADERDATA, op);
    curl_easy_setopt(easy, CURLOPT_ERRORBUFFER, op->error);
    if (op->idle_ms > 0 && op->body.n > 0) {
        curl_easy_setopt(easy, CURLOPT_NOPROGRESS, 0L);
        curl_easy_setopt(easy, CURLOPT_XFERINFOFUNCTION, on_progress);
        curl_easy_setopt(easy, CURLOPT_XFERINFODATA, op);
    }
}

int mn_http_op_prepare(struct mn_http_op *op, const struct mn_http_settings *settings,
                       const struct mn_addresses *found)
{
    CURL *easy;

    if (found != NULL && add_addresses(op, found) < 0)
        return -ENOMEM;
    if (op->easy != NULL)
        curl_easy_cleanup(op->easy);
    easy = op->easy = curl_easy_init();
    if (easy == NULL)
        return -ENOMEM;
    curl_easy_setopt(easy, CURLOPT_PRIVATE, op);
    curl_easy_setopt(easy, CURLOPT_URL, op->url);
    if (op->unix_path != NULL)
        curl_easy_setopt(easy, CURLOPT_UNIX_SOCKET_PATH, op->unix_path);
    curl_easy_setopt(easy, CURLOPT_PROTOCOLS_STR, "http,https");
    curl_easy_setopt(easy, CURLOPT_RESOLVE, op->addresses);
    curl_easy_setopt(easy, CURLOPT_NOSIGNAL, 1L);
    curl_easy_setopt(easy, CURLOPT_CONNECTTIMEOUT_MS, (long)op->connect_ms);
    curl_easy_setopt(easy, CURLOPT_USERAGENT, settings->user_agent);
    curl_easy_setopt(easy, CURLOPT_HTTPHEADER, op->headers);
    if (op->stream == NULL)
        curl_easy_setopt(easy, CURLOPT_MAXFILESIZE_LARGE, (curl_off_t)op->answer.limit);
    curl_easy_setopt(easy, CURLOPT_MAXAGE_CONN,
                     (long)(op->keep_ms < 1000 ? 1 : op->keep_ms / 1000));
    set_way(op, settings);
    set_watch(op);
    mn_http_op_watch_dial(op);
    set_method(op);
    return 0;
}
