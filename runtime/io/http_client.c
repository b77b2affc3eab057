/* http_client.c - clients of the pool: how many requests of one run at once, and how many of its
 * connections are kept when nobody uses them.
 *
 * Curl keeps connections by host, not by client. So the sockets a client's requests opened are
 * counted here; a request that ends when enough of them are idle closes its own. */
#include "io/http_op.h"

#include <errno.h>
#include <stdlib.h>

static struct mn_http_client *find(struct mn_http *h, const char *name)
{
    struct mn_list *node;

    for (node = h->clients.next; node != &h->clients; node = node->next) {
        struct mn_http_client *c = mn_container_of(node, struct mn_http_client, node);

        if (strcmp(c->name, name) == 0)
            return c;
    }
    return NULL;
}

static struct mn_http_client *make(struct mn_http *h, const struct mn_buf *name)
{
    struct mn_http_client *c = calloc(1, sizeof(*c) + name->n + 1);

    if (c == NULL)
        return NULL;
    memcpy(c->name, name->p, name->n + 1);
    mn_list_append(&h->clients, &c->node);
    return c;
}

int mn_http_client_join(struct mn_http *h, struct mn_http_op *op, const struct mn_http_ask *ask)
{
    struct mn_buf name = {0};
    struct mn_http_client *c = NULL;

    mn_buf_add_str(&name, ask->pool);
    if (mn_buf_addf(&name, " %s:%d", op->host, op->port) == 0) {
        c = find(h, name.p);
        if (c == NULL)
            c = make(h, &name);
    }
    mn_buf_free(&name);
    if (c == NULL)
        return -ENOMEM;
    c->ops++;
    c->limit = ask->pool_connections > 0 ? ask->pool_connections : h->settings.host_connections;
    c->keep = ask->pool_keep > 0 ? ask->pool_keep : ask->pool_keep < 0 ? 0 : h->settings.keep;
    op->client = c;
    return 0;
}

static void free_unused(struct mn_http_client *c)
{
    if (c->ops > 0 || c->sockets > 0)
        return;
    mn_list_remove(&c->node);
    free(c);
}

void mn_http_client_leave(struct mn_http_op *op)
{
    struct mn_http_client *c = op->client;

    op->client = NULL;
    if (c == NULL)
        return;
    c->ops--;
    free_unused(c);
}

void mn_http_client_socket(struct mn_http_client *c, int more)
{
    c->sockets += more;
    free_unused(c);
}

/* Each running request has a socket; the rest are idle, or will be. While others wait for their
 * turn none is idle for long. */
void mn_http_client_decide(struct mn_http_op *op)
{
    struct mn_http_client *c = op->client;

    if (op->keeps)
        return;
    op->keeps = op->http->nwaiting > 0 || c->sockets - c->running + c->keeping < c->keep;
    c->keeping += op->keeps;
    curl_easy_setopt(op->easy, CURLOPT_FORBID_REUSE, op->keeps ? 0L : 1L);
}

void mn_http_client_run(struct mn_http_op *op, int more)
{
    op->client->running += more;
    if (more < 0 && op->keeps) {
        op->client->keeping--;
        op->keeps = false;
    }
}
