/* worker.h - one loop full of calls: the server callers reach, the pool tools use, the apps.
 *
 * Everything a worker has lives on its loop and is freed by mn_worker_close. */
#ifndef MN_CALL_WORKER_H
#define MN_CALL_WORKER_H

#include "call/api.h"
#include "call/principal.h"
#include "call/settings.h"
#include "call/world.h"
#include "io/loop.h"

struct mn_worker;

/* Makes an upstream that a worker's calls dial, on the worker's loop: the one an address names
 * (sim, openai, ws(s)://...), or, for NULL, the one of the settings. The simulator is not this
 * room's to know, so whoever opens a worker brings the maker. */
typedef int mn_upstream_maker(struct mn_upstream **out, struct mn_loop *loop,
                              const struct mn_settings *settings, const char *address);

struct mn_generation;
struct mn_inherited;

struct mn_worker_settings {
    const struct mn_inherited *inherited; /* of its master (inherit.h); NULL: it is alone */
    const struct mn_settings *settings;   /* borrowed */
    char **paths;                         /* of apps: folders or agent.lua files */
    int npaths;
    mn_upstream_maker *upstream;
    const struct mn_api_double
        *twin; /* answers the API's other requests as the simulator; or NULL */
    /* For whoever shows calls as they happen; may be NULL. */
    void (*note)(void *owner, struct mn_call *call, enum mn_note note, struct mn_str text);
    void *owner;
    struct mn_commons *commons; /* shared with other workers, borrowed; NULL: it opens its own */
};

/* Loads the apps and opens everything but the port. Returns 0, or an error with sentences in why.
 */
int mn_worker_open(struct mn_worker **out, const struct mn_worker_settings *settings,
                   struct mn_log *log, struct mn_buf *why);

/* Listens. Returns as mn_worker_open. */
int mn_worker_listen(struct mn_worker *w, struct mn_buf *why);
int mn_worker_port(const struct mn_worker *w);

/* Runs until mn_worker_stop, or until it has left: SIGTERM makes it leave, SIGINT stop, and a
 * second signal goes on to the end. */
void mn_worker_run(struct mn_worker *w);

/* Ends every call with 1001 and the run when all are gone; asked twice, at once. From inside the
 * loop, as the next two. */
void mn_worker_stop(struct mn_worker *w);

bool mn_worker_is_ready(const struct mn_worker *w); /* takes new calls */

/* Drains, says goodbye to calls that outlast --drain, and stops. handed_over: another process
 * listens already, so it stops listening now and --upgrade-drain counts. Asked twice: stops. */
void mn_worker_leave(struct mn_worker *w, bool handed_over);
void mn_worker_close(struct mn_worker *w); /* accepts NULL and half-made ones */

/* Reads the apps again (R60): new calls get the new ones at once, live ones their prompts as soon
 * as they can. When anything is wrong, nothing changes; why and the log say what. Under a master it
 * is only asked for: 0, and the log says what came of it. */
int mn_worker_reload(struct mn_worker *w, struct mn_buf *why);

/* Serves the generation before this one again, once: until the next reload there is none before it.
 * Returns 0; MN_EABSENT when there is none; or an error with why. */
int mn_worker_rollback(struct mn_worker *w, struct mn_buf *why);

/* Reads them again whenever a file of theirs is saved, if the settings say so: unlike a reload that
 * was asked for, one that finds the same files is none. Sets *watching. Returns 0 or -ENOMEM. */
int mn_worker_watch(struct mn_worker *w, bool *watching);

/* Opens a call on a link. Returns 0 or an error, as mn_call_open. */
struct mn_worker_call {
    struct mn_bundle *app; /* one of the worker's; NULL: the first */
    struct mn_link *caller;
    struct mn_str peer;      /* the caller's address, for the log; may be empty */
    enum mn_dialect dialect; /* and these as in call.h */
    bool notes, text_only;
    /* Who asks for it, let in (mn_worker_let_in); borrowed until this returns. NULL: nobody known,
     * and nobody's limits. */
    struct mn_principal *who;
    const char *line;          /* as in call.h; caller is NULL then */
    struct mn_str session;     /* as in call.h; empty: who's */
    bool quiet;                /* the agent does not speak first */
    const char *start;         /* as in call.h, all of these */
    struct mn_str meta;        /* ctx.call has the id and the app besides */
    struct mn_str user, state; /* user empty: who's */
};
int mn_worker_call(struct mn_worker *w, struct mn_call **out, const struct mn_worker_call *call);

struct mn_loop *mn_worker_loop(struct mn_worker *w);
int mn_worker_apps(const struct mn_worker *w);
const struct mn_generation *mn_worker_generation(const struct mn_worker *w); /* of generation.h */
const struct mn_bundle *mn_worker_app(const struct mn_worker *w, int i);

/* By the settings: whether callers need a key, and whether it listens for this machine only. */
bool mn_worker_has_keys(const struct mn_settings *s);
bool mn_worker_is_local(const struct mn_settings *s);

#endif
