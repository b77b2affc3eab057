/* http_op.c - one HTTP request: what is asked, checked and copied. */
#include "io/http_op.h"

#include "base/err.h"

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

/* Host (without the brackets of IPv6) and port of a URL of http or https. */
static int read_address(const char *text, char **host_out, int *port_out)
{
    CURLU *url = curl_url();
    char *scheme = NULL, *host = NULL, *port = NULL;
    int err = MN_ECONFIG;
    size_t n;

    if (url == NULL)
        return -ENOMEM;
    if (curl_url_set(url, CURLUPART_URL, text, 0) == CURLUE_OK &&
        curl_url_get(url, CURLUPART_SCHEME, &scheme, 0) == CURLUE_OK &&
        (strcmp(scheme, "http") == 0 || strcmp(scheme, "https") == 0) &&
        curl_url_get(url, CURLUPART_HOST, &host, 0) == CURLUE_OK &&
        curl_url_get(url, CURLUPART_PORT, &port, CURLU_DEFAULT_PORT) == CURLUE_OK) {
        n = strlen(host);
        free(*host_out);
        *host_out = n > 2 && host[0] == '[' ? strndup(host + 1, n - 2) : strdup(host);
        *port_out = (int)strtol(port, NULL, 10);
        err = *host_out != NULL ? 0 : -ENOMEM;
    }
    curl_free(scheme);
    curl_free(host);
    curl_free(port);
    curl_url_cleanup(url);
    return err;
}

int mn_http_op_read_url(struct mn_http_op *op)
{
    return read_address(op->url, &op->host, &op->port);
}

static int copy_proxy(struct mn_http_op *op, struct mn_str proxy)
{
    if (proxy.n == 0)
        return 0;
    if (!is_value(proxy))
        return MN_ECONFIG;
    op->proxy = strndup(proxy.p, proxy.n);
    return op->proxy == NULL ? -ENOMEM : read_address(op->proxy, &op->proxy_host, &op->proxy_port);
}

static int copy_headers(struct mn_http_op *op, const struct mn_http_ask *ask)
{
    int i, err = 0;

    if (ask->nsecret > 0)
        op->secrets = calloc((size_t)ask->nsecret, sizeof(*op->secrets));
    if (ask->nsecret > 0 && op->secrets == NULL)
        return -ENOMEM;
    for (i = 0; i < ask->nheaders && err == 0; i++)
        err = add_header(op, &ask->headers[i]);
    for (i = 0; i < ask->nsecret && err == 0; i++) {
        op->secrets[i] = strndup(ask->headers[i].name.p, ask->headers[i].name.n);
        if (op->secrets[i] == NULL)
            return -ENOMEM;
        op->nsecrets++;
    }
    return err == 0 ? drop_defaults(op) : err;
}

static int copy_ask(struct mn_http_op *op, const struct mn_http_ask *ask)
{
    int err;

    if (!is_token(ask->method) || !is_value(ask->url))
        return MN_ECONFIG;
    op->method = strndup(ask->method.p, ask->method.n);
    op->url = strndup(ask->url.p, ask->url.n);
    if (op->method == NULL || op->url == NULL)
        return -ENOMEM;
    if (ask->unix_path.n > 0) {
        op->unix_path = strndup(ask->unix_path.p, ask->unix_path.n);
        if (op->unix_path == NULL)
            return -ENOMEM;
    }
    err = mn_http_op_read_url(op);
    if (err == 0)
        err = copy_proxy(op, ask->proxy);
    if (err == 0)
        err = copy_headers(op, ask);
    if (err == 0)
        err = mn_buf_add_str(&op->body, ask->body);
    if (err == 0)
        err = mn_buf_add_str(&op->ca, ask->ca);
    return err;
}

static void copy_settings(struct mn_http_op *op, const struct mn_http_ask *ask,
                          const struct mn_http_settings *settings)
{
    int64_t total_ms = ask->total_ms > 0 ? ask->total_ms : settings->total_ms;

    op->connect_ms = ask->connect_ms > 0 ? ask->connect_ms : settings->connect_ms;
    op->idle_ms = ask->idle_ms > 0 ? ask->idle_ms : ask->stream != NULL ? total_ms : 0;
    op->keep_ms = ask->keep_ms > 0 ? ask->keep_ms : settings->keep_ms;
    op->redirects_left = settings->max_redirects;
    op->any_host = ask->any_host || settings->any_host;
    op->may_be_private = ask->names_host || op->any_host;
    op->head.limit = settings->max_headers_bytes;
    op->answer.limit = ask->max_body > 0 ? ask->max_body : settings->max_body_bytes;
    op->stream = ask->stream;
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
    copy_settings(op, ask, settings);
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
    int i;

    mn_timer_stop(&op->timer);
    mn_timer_stop(&op->wait);
    mn_lookup_cancel(&op->lookup);
    mn_list_remove(&op->node);
    if (op->easy != NULL)
        curl_easy_cleanup(op->easy);
    curl_slist_free_all(op->headers);
    curl_slist_free_all(op->addresses);
    for (i = 0; i < op->nsecrets; i++)
        free(op->secrets[i]);
    free(op->secrets);
    mn_buf_free(&op->body);
    mn_buf_free(&op->ca);
    mn_buf_free(&op->head);
    mn_buf_free(&op->answer);
    free(op->method);
    free(op->url);
    free(op->unix_path);
    free(op->host);
    free(op->proxy);
    free(op->proxy_host);
    free(op);
}
