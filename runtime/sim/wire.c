/* wire.c - the loop, the server and the pool of a wire, and waiting for what is on its way. */
#include "sim/wire_parts.h"

#include "base/err.h"

#include <errno.h>
#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>

/* Real time in which loopback brings anything; reached only when something is stuck. */
#define PATIENCE_MS 10000

/* A stand-in for any server takes what that might. */
#define MAX_BODY    (64 << 20)
#define MAX_REQUEST 1000 /* of one scenario at once; it has fewer (--script-http) */

static const char *const subprotocols[] = {"realtime", NULL};

static const struct mn_route routes[] = {
    {"GET", "/link/*", .accept = mn_wire_accept},   {"GET", "/http/*", .handle = mn_wire_take},
    {"POST", "/http/*", .handle = mn_wire_take},    {"PUT", "/http/*", .handle = mn_wire_take},
    {"PATCH", "/http/*", .handle = mn_wire_take},   {"DELETE", "/http/*", .handle = mn_wire_take},
    {"OPTIONS", "/http/*", .handle = mn_wire_take}, {0},
};

static int open_server(struct mn_wire *w)
{
    const struct mn_settings *s = &w->settings;

    return mn_server_open(&w->server, w->loop,
                          &(struct mn_server_settings){.max_body_bytes = MAX_BODY,
                                                       .ping_ms = s->ping,
                                                       .max_message_bytes = (size_t)s->max_message,
                                                       .high_water_bytes = MN_WIRE_HIGH_WATER,
                                                       .subprotocols = subprotocols},
                          routes, w);
}

/* Time-outs are the stage's, in virtual time; those of the pool are the patience of a wire. */
static int open_pool(struct mn_wire *w)
{
    return mn_http_open(&w->http, w->loop,
                        &(struct mn_http_settings){.host_connections = MAX_REQUEST,
                                                   .total_connections = MAX_REQUEST,
                                                   .any_host = true});
}

int mn_wire_open(struct mn_wire **out)
{
    struct mn_wire *w = calloc(1, sizeof(*w));
    int err;

    *out = NULL;
    if (w == NULL)
        return -ENOMEM;
    w->log.level = MN_LOG_OFF;
    w->patience_ms = PATIENCE_MS;
    mn_list_init(&w->links);
    mn_list_init(&w->requests);
    err = mn_options_init(mn_settings_table, &w->settings);
    if (err == 0)
        err = mn_loop_open(&w->loop, &w->log);
    if (err == 0)
        err = open_server(w);
    if (err == 0)
        err = open_pool(w);
    if (err != 0) {
        mn_wire_close(w);
        return err;
    }
    *out = w;
    return 0;
}

void mn_wire_close(struct mn_wire *w)
{
    if (w == NULL)
        return;
    mn_http_close(w->http);
    mn_server_close(w->server);
    mn_loop_close(w->loop);
    mn_options_free(mn_settings_table, &w->settings);
    free(w);
}

static void on_late(struct mn_timer *timer)
{
    mn_container_of(timer, struct mn_wire, patience)->late = true;
}

bool mn_wire_wait(struct mn_wire *w, bool (*come)(void *what), void *what, const char *awaited)
{
    struct mn_clock *clock = mn_loop_clock(w->loop);
    bool there = come(what);
    char why[64];

    if (there)
        return true;
    mn_clock_update(clock);
    w->late =
        w->patience_ms == 0 || mn_timer_start(clock, &w->patience, w->patience_ms, on_late) != 0;
    while (!there && !w->late) {
        mn_loop_turn(w->loop);
        there = come(what);
    }
    mn_timer_stop(&w->patience);
    if (there)
        return true;
    snprintf(why, sizeof(why), "did not come through in %" PRId64 " ms of real time",
             w->patience_ms);
    mn_wire_fail(w, awaited, why);
    return false;
}

static bool is_empty(void *wire)
{
    return mn_server_connections(((struct mn_wire *)wire)->server) == 0;
}

void mn_wire_settle(struct mn_wire *w)
{
    mn_wire_cut(w);
    (void)mn_wire_wait(w, is_empty, w, "the end of a connection");
}

void mn_wire_fail(struct mn_wire *w, const char *what, const char *detail)
{
    if (w->trouble[0] == '\0')
        snprintf(w->trouble, sizeof(w->trouble), "%s %s", what, detail);
}

const char *mn_wire_trouble(const struct mn_wire *w)
{
    return w->trouble[0] != '\0' ? w->trouble : NULL;
}

int mn_wire_address(struct mn_wire *w, struct mn_buf *out, const char *scheme, const char *kind,
                    int name)
{
    return mn_buf_addf(out, "%s://127.0.0.1:%d/%s/%d", scheme, mn_server_port(w->server), kind,
                       name);
}

int mn_wire_name(const struct mn_exchange *x)
{
    struct mn_str below = mn_exchange_below(x);
    int name = 0;

    for (size_t i = 0; i < below.n && below.p[i] >= '0' && below.p[i] <= '9' && i < 9; i++)
        name = name * 10 + (below.p[i] - '0');
    return name;
}
