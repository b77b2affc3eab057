/* principal.h - who asks: nobody we know (on this machine, or of a public path), the holder of one
 * of the operator's keys, or of a token we gave out.
 *
 * Made once an exchange, when it is let in (admit.c), and gone with it: whoever opens a call with
 * it has the call copy what it needs. It never holds the key itself. */
#ifndef MN_CALL_PRINCIPAL_H
#define MN_CALL_PRINCIPAL_H

#include "base/buf.h"
#include "base/json.h"
#include "call/keys.h"
#include "call/tokens.h"
#include "io/server.h"

enum mn_principal_kind {
    MN_ASKS_UNKNOWN, /* this machine of a server without keys; or anyone, at a public path */
    MN_ASKS_KEY,
    MN_ASKS_TOKEN,
};

struct mn_principal {
    enum mn_principal_kind kind;
    char key[MN_KEY_NAME_MAX];   /* name of the key, or of the one that asked for the token; "" */
    char apps[MN_KEY_APPS_MAX];  /* that may be called: "dental,sales"; "": all */
    struct mn_key_limits limits; /* of the key */
    /* JSON for ctx.user and req.user: {"id","key"}, of a token also its "claims"; empty: nil. */
    struct mn_buf user;

    /* Of a token. */
    struct mn_token token;
    bool single_use;
    struct mn_buf session; /* JSON: what the session is to be; may be empty */

    /* A call's place among those of its key and address, taken by mn_worker_let_in and handed on by
     * mn_worker_call. */
    struct mn_commons *commons;
    uint64_t seat;
    bool seated;
};

/* Who asks; never NULL once x is let in. Borrowed while x lives. */
struct mn_principal *mn_principal_of(const struct mn_exchange *x);

/* Whether they may call this app, and see that there is one. */
bool mn_principal_may(const struct mn_principal *p, struct mn_str app);

/* Keeps what x carries for longer than x lives; the seat is kept's from then on. mn_principal_err
 * tells whether there was memory. */
void mn_principal_keep(struct mn_principal *kept, struct mn_principal *p);
int mn_principal_err(const struct mn_principal *p);
void mn_principal_clear(struct mn_principal *p); /* frees what it holds */

/* Has x carry one of that key; NULL: unknown. Returns it, or NULL without memory. */
struct mn_principal *mn_principal_new(struct mn_exchange *x, const struct mn_key *key);

/* Makes it that of a token: says is what the token was minted with (minting.c), key the one it was
 * asked for by, or NULL. Returns 0 or an error. */
int mn_principal_by_token(struct mn_principal *p, const struct mn_key *key,
                          const struct mn_json *says);

#endif
