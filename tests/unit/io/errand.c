/* errand.c - the rig behind errand.h. */
#include "errand.h"

#include <stdio.h>
#include <string.h>

void open_strict_pool(struct errand_pool *p, struct mn_http_settings settings)
{
    memset(p, 0, sizeof(*p));
    wire_open(&p->wire);
    origin_open(&p->origin, &p->wire);
    assert_int_equal(mn_http_open(&p->http, p->wire.loop, &settings), 0);
}

void open_pool(struct errand_pool *p, struct mn_http_settings settings)
{
    settings.any_host = true;
    open_strict_pool(p, settings);
}

void close_pool(struct errand_pool *p)
{
    mn_http_close(p->http);
    origin_close(&p->origin);
    wire_close(&p->wire);
}

static void on_done(void *owner, const struct mn_http_answer *a)
{
    struct errand *e = owner;
    int i;

    e->op = NULL;
    e->told++;
    e->status = a->status;
    e->nheaders = a->nheaders;
    e->at_ms = wire_now(&e->pool->wire);
    mn_buf_clear(&e->body);
    mn_buf_add_str(&e->body, a->body);
    snprintf(e->code, sizeof(e->code), "%s", a->err_code != NULL ? a->err_code : "");
    assert_true((a->err_code == NULL) == (a->err_message == NULL));
    for (i = 0; i < a->nheaders; i++)
        if (mn_str_is(a->headers[i].name, "x-mixed-case"))
            snprintf(e->header, sizeof(e->header), "%.*s", MN_FMT(a->headers[i].value));
    if (e->cancels != NULL && e->cancels->op != NULL) {
        mn_http_cancel(e->cancels->op);
        e->cancels->op = NULL;
    }
    if (e->again != NULL) {
        const char *url = e->again;

        e->again = NULL;
        assert_int_equal(send_to(e->pool, e, url, (struct mn_http_ask){0}), 0);
    }
}

int send_to(struct errand_pool *p, struct errand *e, const char *url, struct mn_http_ask ask)
{
    char text[200];

    if (url[0] == '/')
        snprintf(text, sizeof(text), "http://127.0.0.1:%d%s", p->origin.port, url);
    else
        snprintf(text, sizeof(text), "%s", url);
    e->pool = p;
    ask.url = mn_str(text);
    if (ask.method.p == NULL)
        ask.method = MN_STR("GET");
    return mn_http_send(p->http, &ask, on_done, e, &e->op);
}

void fetch(struct errand_pool *p, struct errand *e, const char *url, struct mn_http_ask ask)
{
    int told = e->told;

    e->status = -1;
    assert_int_equal(send_to(p, e, url, ask), 0);
    assert_non_null(e->op);
    assert_int_equal(e->told, told); /* never from inside */
    UNTIL(&p->wire, e->told == told + 1);
}

bool has(const struct errand *e, const char *text)
{
    return e->body.n > 0 && strstr(e->body.p, text) != NULL;
}
