/* world.h - what script tests run in: an app written to a folder of its own, a virtual clock, a log
 * that is kept, and ports that note what was asked of them. */
#ifndef MN_TEST_WORLD_H
#define MN_TEST_WORLD_H

#include "script/state.h"
#include "store/records.h"
#include "store/shared.h"

#define WORLD_ASKS 16

struct world_ask { /* an HTTP request under way or answered */
    mn_http_done *done;
    void *op_owner;
    char method[16], url[512], body[1024], headers[1024], pool[256], upstream[64], proxy[64],
        ca[128];
    int64_t total_ms, connect_ms, pool_ms, idle_ms, keep_ms, cache_ms, absent_ms;
    int keep, nsecret, resumed;
    size_t max_body;
    bool names_host, any_host;
    const struct mn_http_stream *stream;
    bool pending, cancelled;
};

struct world_result {
    bool set;
    int times, err;
    struct mn_buf text, tools;
};

struct world {
    char folder[64]; /* "" when the app is a fixture's */
    struct mn_clock clock;
    struct mn_log log;
    struct mn_buf logged, orders, history, why;
    struct mn_bundle *bundle;
    struct mn_state *state;
    struct mn_state_limits limits;
    struct mn_ports ports;
    struct mn_shared *shared;        /* what myna.shared is */
    struct mn_records *records;      /* what myna.store asks; NULL until then */
    struct world_question *question; /* being answered; one at a time */
    int64_t keep_ms;                 /* until it is; 0: 5 */
    int keep_err, nkeep_cancels, nkept;
    struct mn_state_settings settings; /* of world_call, for tests that open states themselves */
    mn_job_done *done;
    struct world_ask asks[WORLD_ASKS];
    int nasks, order_err;
    struct world_result results[8]; /* by ticket */
    bool close_in_done;
    uint32_t stop_in_order; /* a ticket to stop when an order comes; 0: none */
};

void world_open(struct world *w);
void world_close(struct world *w);

/* Writes a file of the app: world_file(w, "tools/x.lua", "..."). */
void world_file(struct world *w, const char *path, const char *text);

/* Loads the folder written. Returns what mn_bundle_load does; w->why has the mistakes. */
int world_load(struct world *w);
int world_load_path(struct world *w, const char *path);

/* Opens a state on it; must succeed. */
void world_call(struct world *w);

/* Loads agent.lua made of tools only: body is Lua that ends with a list `tools`. */
void world_tools(struct world *w, const char *body);

/* Runs a tool by name, with ticket 1, and lets what is due now happen. Its text, or NULL while it
 * is not done. */
const char *world_tool(struct world *w, const char *name, const char *arguments);
const char *world_prepare(struct world *w, int agent);
void world_start(struct world *w, uint32_t ticket, const char *name, const char *arguments);
void world_advance(struct world *w, int64_t ms);

/* Answers the request of that place. */
void world_answer(struct world *w, int ask, int status, const char *body);
void world_refuse(struct world *w, int ask, const char *code);
void world_answer_with(struct world *w, int ask, int status, const char *header, const char *value);

/* Of one that streams: its head, bytes (whether they are taken), its end. */
void world_begin(struct world *w, int ask, int status);
bool world_stream(struct world *w, int ask, const char *bytes);
void world_end(struct world *w, int ask, const char *code); /* NULL: it went well */

const char *world_text(const struct mn_buf *b); /* "" when empty */
void world_has(const struct mn_buf *b, const char *part);
void world_lacks(const struct mn_buf *b, const char *part);

#endif
