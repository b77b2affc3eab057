/* upstream_ws.c - dials the model over a WebSocket, once for each call. */
#include "call/upstream_ws.h"

#include "io/ws_client.h"

#include <errno.h>
#include <stdlib.h>

struct upstream {
    struct mn_upstream base;
    struct mn_loop *loop;
    const struct mn_settings *settings;
    struct mn_buf url, bearer;
};

static void add(struct mn_buf *url, const char *name, struct mn_str value)
{
    static const char plain[] = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-._";

    mn_buf_addf(url, "%c%s=", strchr(url->p, '?') == NULL ? '?' : '&', name);
    for (size_t i = 0; i < value.n; i++) {
        if (memchr(plain, value.p[i], sizeof(plain) - 1) != NULL)
            mn_buf_add_byte(url, value.p[i]);
        else
            mn_buf_addf(url, "%%%02X", (unsigned char)value.p[i]);
    }
}

static int open_link(struct upstream *u, const char *name, struct mn_str value,
                     const struct mn_link_events *events, void *owner, struct mn_link **out)
{
    const struct mn_settings *s = u->settings;
    struct mn_ws_header headers[3] = {{NULL, NULL}};
    int nheaders = 0;
    struct mn_ws_client_settings client = mn_ws_client_defaults;
    struct mn_buf url = {0};
    int err;

    *out = NULL;
    mn_buf_add_str(&url, mn_buf_str(&u->url));
    if (url.err == 0)
        add(&url, name, value);
    if (u->bearer.n > 0)
        headers[nheaders++] = (struct mn_ws_header){"Authorization", u->bearer.p};
    if (u->base.dialect == MN_BETA)
        headers[nheaders++] = (struct mn_ws_header){"OpenAI-Beta", "realtime=v1"};
    client.url = url.p;
    client.headers = nheaders > 0 ? headers : NULL;
    client.ca_file = s->upstream_ca;
    client.connect_ms = s->connect_timeout;
    client.ping_ms = s->ping;
    client.max_message = (size_t)s->max_message;
    client.high_water = (size_t)s->send_queue;
    err = url.err != 0 ? url.err : mn_ws_client_open(out, u->loop, &client, events, owner);
    mn_buf_free(&url);
    return err;
}

static int dial(struct mn_upstream *base, struct mn_str model, const struct mn_link_events *events,
                void *owner, struct mn_link **out)
{
    return open_link(mn_container_of(base, struct upstream, base), "model", model, events, owner,
                     out);
}

static int attach(struct mn_upstream *base, struct mn_str call_id,
                  const struct mn_link_events *events, void *owner, struct mn_link **out)
{
    return open_link(mn_container_of(base, struct upstream, base), "call_id", call_id, events,
                     owner, out);
}

static void close_upstream(struct mn_upstream *base)
{
    struct upstream *u = mn_container_of(base, struct upstream, base);

    mn_buf_free(&u->url);
    mn_buf_free(&u->bearer);
    free(u);
}

int mn_upstream_ws(struct mn_upstream **out, struct mn_loop *loop,
                   const struct mn_settings *settings, const char *url)
{
    struct upstream *u = calloc(1, sizeof(*u));

    *out = NULL;
    if (u == NULL)
        return -ENOMEM;
    u->base = (struct mn_upstream){.dial = dial, .attach = attach, .close = close_upstream};
    u->base.dialect = (enum mn_dialect)settings->upstream_dialect;
    u->loop = loop;
    u->settings = settings;
    mn_buf_add_text(&u->url, url);
    if (settings->openai_key != NULL)
        mn_buf_addf(&u->bearer, "Bearer %s", settings->openai_key);
    if (u->url.err != 0 || u->bearer.err != 0) {
        close_upstream(&u->base);
        return -ENOMEM;
    }
    *out = &u->base;
    return 0;
}
