/* http_redirect.c - following a redirect as a new request of ours, not by curl: it would resolve
 * the new name on a thread of its own, and wait for that when the request is cancelled. */
#include "io/http_op.h"

#include <errno.h>
#include <stdlib.h>
#include <strings.h>

static void drop_headers(struct mn_http_op *op, const char *const *names)
{
    struct curl_slist **at = &op->headers;

    while (*at != NULL) {
        const char *const *name = names;

        while (*name != NULL && !mn_http_line_is((*at)->data, *name))
            name++;
        if (*name != NULL) {
            struct curl_slist *line = *at;

            *at = line->next;
            line->next = NULL;
            curl_slist_free_all(line);
        } else {
            at = &(*at)->next;
        }
    }
}

/* RFC 9110, 15.4: 303 always, and by custom 301 and 302 after a POST, are followed by GET. */
static int change_method(struct mn_http_op *op)
{
    static const char *const of_the_body[] = {"content-type", "content-length", NULL};
    bool post = strcmp(op->method, "POST") == 0;
    char *get;

    if (op->status >= 307 || (op->status != 303 && !post) || strcmp(op->method, "HEAD") == 0)
        return 0;
    get = strdup("GET");
    if (get == NULL)
        return -ENOMEM;
    free(op->method);
    op->method = get;
    mn_buf_free(&op->body);
    drop_headers(op, of_the_body);
    return 0;
}

static bool is_redirect(int status)
{
    return status == 301 || status == 302 || status == 303 || status == 307 || status == 308;
}

bool mn_http_op_follows(const struct mn_http_op *op, int status)
{
    return is_redirect(status) && op->redirects_left > 0;
}

/* What only the host it was meant for may read. */
static void drop_secrets(struct mn_http_op *op)
{
    static const char *const always[] = {"authorization", "cookie", "proxy-authorization", NULL};
    const char *one[2] = {NULL, NULL};
    int i;

    drop_headers(op, always);
    for (i = 0; i < op->nsecrets; i++) {
        one[0] = op->secrets[i];
        drop_headers(op, one);
    }
}

bool mn_http_op_redirect(struct mn_http_op *op)
{
    bool was_tls = strncasecmp(op->url, "https:", 6) == 0, same_host, elsewhere;
    char *to = NULL, *url, *host;
    int port = op->port;

    if (op->err_code != NULL || !mn_http_op_follows(op, op->status) ||
        curl_easy_getinfo(op->easy, CURLINFO_REDIRECT_URL, &to) != CURLE_OK || to == NULL ||
        (was_tls && strncasecmp(to, "https:", 6) != 0))
        return false;
    url = strdup(to);
    host = strdup(op->host);
    if (url == NULL || host == NULL || change_method(op) < 0) {
        free(url);
        free(host);
        return false;
    }
    free(op->url);
    op->url = url;
    if (mn_http_op_read_url(op) < 0) {
        free(host);
        mn_http_op_fail(op, "other", "the answer points to a URL that cannot be asked");
        return false;
    }
    same_host = strcasecmp(host, op->host) == 0;
    elsewhere =
        !same_host || port != op->port || was_tls != (strncasecmp(op->url, "https:", 6) == 0);
    free(host);
    if (elsewhere)
        drop_secrets(op);
    if (!same_host)
        op->may_be_private = op->any_host;
    op->redirects_left--;
    op->status = 0;
    mn_buf_clear(&op->head);
    mn_buf_clear(&op->answer);
    return true;
}
