/* wire_parts.h - the inside of a wire, shared by wire.c, wire_link.c and wire_http.c. */
#ifndef MN_SIM_WIRE_PARTS_H
#define MN_SIM_WIRE_PARTS_H

#include "call/settings.h"
#include "io/http.h"
#include "io/server.h"
#include "sim/wire.h"

/* A pair's queue, as without a wire: minutes of audio as JSON. */
#define MN_WIRE_HIGH_WATER (16 << 20)

struct mn_wire {
    struct mn_log log;           /* silent: what goes wrong is the scenario's to tell */
    struct mn_settings settings; /* as served when nothing is set */
    struct mn_loop *loop;
    struct mn_server *server;
    struct mn_http *http;
    int64_t patience_ms; /* real time to wait for anything; 0: none */
    struct mn_timer patience;
    bool late;
    struct mn_list links, requests; /* by their names, which are in the paths they dial */
    int named;
    char trouble[256];
};

/* Turns the loop until come says so, and returns true; or false, when it takes too long in real
 * time, and that is the trouble. */
bool mn_wire_wait(struct mn_wire *w, bool (*come)(void *what), void *what, const char *awaited);

/* Keeps the first. */
void mn_wire_fail(struct mn_wire *w, const char *what, const char *detail);

/* "http://127.0.0.1:port/kind/name", the scheme's own. */
int mn_wire_address(struct mn_wire *w, struct mn_buf *out, const char *scheme, const char *kind,
                    int name);

/* The name at the beginning of what its * stands for; -1 when there is none. */
int mn_wire_name(const struct mn_exchange *x);

void mn_wire_cut(struct mn_wire *w); /* wire_link.c: cuts every link that is left */
void mn_wire_accept(void *wire, struct mn_exchange *x); /* wire_link.c */
void mn_wire_take(void *wire, struct mn_exchange *x);   /* wire_http.c */

#endif
