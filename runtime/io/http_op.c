/* http_op.c - one HTTP request: what is asked, checked and copied, and a curl handle for it.
 *
 * WHY NO RESOLVING HERE  libcurl 7.88 resolves on a thread of its own and waits for it when the
 * request is cancelled (three seconds were seen). It is given the addresses instead
 * (CURLOPT_RESOLVE), which keeps the name in Host and SNI. */
#include "io/http_op.h"

#include "base/err.h"

#include <arpa/inet.h>
#include <errno.h>
#include <stdlib.h>
#include <strings.h>

/* RFC 9110, 5.6.2. */
static bool is_token(struct mn_str s)
{
    size_t i;

    for (i = 0; i < s.n; i++)
        if (s.p[i] <= ' ' || s.p[i] >= 127 || strchr("\"(),/:;<=>?@[\\]{}", s.p[i]) != NULL)
            return false;
    return s.n > 0;
}

static bool is_value(struct mn_str s)
{
    size_t i;

    for (i = 0; i < s.n; i++)
        if (s.p[i] == '\r' || s.p[i] == '\n' || s.p[i] == '\0')
            return false;
    return true;
}

static int add_line(struct curl_slist **list, const char *line)
{
    struct curl_slist *longer = curl_slist_append(*list, line);

    if (longer == NULL)
        return -ENOMEM;
    *list = longer;
    return 0;
}

static int add_header(struct mn_http_op *op, const struct mn_header *h)
{
    struct mn_buf line = {0};
    int err;

    if (!is_token(h->name) || !is_value(h->value))
        return MN_ECONFIG;
    mn_buf_add_str(&line, h->name);
    mn_buf_add_text(&line, h->value.n > 0 ? ": " : ";"); /* curl's way to send an empty one */
    err = mn_buf_add_str(&line, h->value);
    if (err == 0)
        err = add_line(&op->headers, line.p);
    mn_buf_free(&line);
    return err;
}

bool mn_http_line_is(const char *line, const char *name)
{
    size_t n = strlen(name);

    return strncasecmp(line, name, n) == 0 && (line[n] == ':' || line[n] == ';');
}

static bool has_header(const struct mn_http_op *op, const char *name)
{
    const struct curl_slist *line;

    for (line = op->headers; line != NULL; line = line->next)
        if (mn_http_line_is(line->data, name))
            return true;
    return false;
}

/* What curl would add by itself and nobody asked for. */
static int drop_defaults(struct mn_http_op *op)
{
    int err = add_line(&op->headers, "Expect:"); /* a round trip before every larger body */

    if (err == 0 && !has_header(op, "content-type"))
        err = add_line(&op->headers, "Content-Type:"); /* form data, it would say */
    if (err == 0 && !has_header(op, "accept"))
        err = add_line(&op->headers, "Accept: */*");
    return err;
}

int mn_http_op_read_url(struct mn_http_op *op)
{
    CURLU *url = curl_url();
    char *scheme = NULL, *host = NULL, *port = NULL;
    int err = MN_ECONFIG;
    size_t n;

    if (url == NULL)
        return -ENOMEM;
    if (curl_url_set(url, CURLUPART_URL, op->url, 0) == CURLUE_OK &&
        curl_url_get(url, CURLUPART_SCHEME, &scheme, 0) == CURLUE_OK &&
        (strcmp(scheme, "http") == 0 || strcmp(scheme, "https") == 0) &&
        curl_url_get(url, CURLUPART_HOST, &host, 0) == CURLUE_OK &&
        curl_url_get(url, CURLUPART_PORT, &port, CURLU_DEFAULT_PORT) == CURLUE_OK) {
        n = strlen(host);
        free(op->host);
        op->host = n > 2 && host[0] == '[' ? strndup(host + 1, n - 2) : strdup(host);
        op->port = (int)strtol(port, NULL, 10);
        err = op->host != NULL ? 0 : -ENOMEM;
    }
    curl_free(scheme);
    curl_free(host);
    curl_free(port);
    curl_url_cleanup(url);
    return err;
}

static int copy_ask(struct mn_http_op *op, const struct mn_http_ask *ask)
{
    int i, err;

    if (!is_token(ask->method) || !is_value(ask->url))
        return MN_ECONFIG;
    op->method = strndup(ask->method.p, ask->method.n);
    op->url = strndup(ask->url.p, ask->url.n);
    if (op->method == NULL || op->url == NULL)
        return -ENOMEM;
    err = mn_http_op_read_url(op);
    for (i = 0; i < ask->nheaders && err == 0; i++)
        err = add_header(op, &ask->headers[i]);
    if (err == 0)
        err = drop_defaults(op);
    if (err == 0)
        err = mn_buf_add_str(&op->body, ask->body);
    return err;
}

int mn_http_op_new(struct mn_http_op **out, const struct mn_http_ask *ask,
                   const struct mn_http_settings *settings)
{
    struct mn_http_op *op = calloc(1, sizeof(*op));
    int err;

    *out = NULL;
    if (op == NULL)
        return -ENOMEM;
    mn_list_init(&op->node);
    op->connect_ms = ask->connect_ms > 0 ? ask->connect_ms : settings->connect_ms;
    op->redirects_left = settings->max_redirects;
    op->head.limit = settings->max_headers_bytes;
    op->answer.limit = ask->max_body > 0 ? ask->max_body : settings->max_body_bytes;
    err = copy_ask(op, ask);
    if (err < 0) {
        mn_http_op_free(op);
        return err;
    }
    *out = op;
    return 0;
}

void mn_http_op_free(struct mn_http_op *op)
{
    mn_timer_stop(&op->timer);
    mn_lookup_cancel(&op->lookup);
    mn_list_remove(&op->node);
    if (op->easy != NULL)
        curl_easy_cleanup(op->easy);
    curl_slist_free_all(op->headers);
    curl_slist_free_all(op->addresses);
    mn_buf_free(&op->body);
    mn_buf_free(&op->head);
    mn_buf_free(&op->answer);
    free(op->method);
    free(op->url);
    free(op->host);
    free(op);
}

/* "name:port:address,address", IPv6 in brackets. */
static int add_addresses(struct mn_http_op *op, const struct mn_addresses *found)
{
    struct mn_buf line = {0};
    char text[INET6_ADDRSTRLEN];
    int i, err;

    mn_buf_addf(&line, "%s:%d:", op->host, op->port);
    for (i = 0; i < found->n; i++) {
        const union mn_address *at = &found->at[i];
        bool v6 = at->any.sa_family == AF_INET6;
        const void *bytes = v6 ? (const void *)&at->v6.sin6_addr : &at->v4.sin_addr;

        inet_ntop(at->any.sa_family, bytes, text, sizeof(text));
        mn_buf_addf(&line, v6 ? "%s[%s]" : "%s%s", i > 0 ? "," : "", text);
    }
    curl_slist_free_all(op->addresses);
    op->addresses = NULL;
    err = line.err;
    if (err == 0)
        err = add_line(&op->addresses, line.p);
    mn_buf_free(&line);
    return err;
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
    curl_easy_setopt(easy, CURLOPT_PROTOCOLS_STR, "http,https");
    curl_easy_setopt(easy, CURLOPT_PROXY, ""); /* no environment variable redirects it */
    curl_easy_setopt(easy, CURLOPT_RESOLVE, op->addresses);
    curl_easy_setopt(easy, CURLOPT_NOSIGNAL, 1L);
    curl_easy_setopt(easy, CURLOPT_CONNECTTIMEOUT_MS, (long)op->connect_ms);
    curl_easy_setopt(easy, CURLOPT_USERAGENT, settings->user_agent);
    curl_easy_setopt(easy, CURLOPT_HTTPHEADER, op->headers);
    curl_easy_setopt(easy, CURLOPT_MAXFILESIZE_LARGE, (curl_off_t)op->answer.limit);
    curl_easy_setopt(easy, CURLOPT_WRITEFUNCTION, mn_http_op_on_body);
    curl_easy_setopt(easy, CURLOPT_WRITEDATA, op);
    curl_easy_setopt(easy, CURLOPT_HEADERFUNCTION, mn_http_op_on_header);
    curl_easy_setopt(easy, CURLOPT_HEADERDATA, op);
    curl_easy_setopt(easy, CURLOPT_ERRORBUFFER, op->error);
    if (settings->ca_file != NULL)
        curl_easy_setopt(easy, CURLOPT_CAINFO, settings->ca_file);
    set_method(op);
    return 0;
}
