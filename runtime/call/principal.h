/* principal.h - who asks: nobody we know (on this machine, or of a public path), the holder of one
 * of the operator's keys, or of a token we gave out.
 *
 * Made once an exchange, when it is let in (admit.c), and gone with it: whoever opens a call with
 * it has the call copy what it needs. It never holds the key itself. */
#ifndef MN_CALL_PRINCIPAL_H
#define MN_CALL_PRINCIPAL_H

#include "base/buf.h"
#include "call/keys.h"
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
};

/* Who asks; never NULL once x is let in. Borrowed while x lives. */
const struct mn_principal *mn_principal_of(const struct mn_exchange *x);

/* Whether they may call this app, and see that there is one. */
bool mn_principal_may(const struct mn_principal *p, struct mn_str app);

/* Has x carry a copy-free principal of that key; key NULL: unknown. Returns it, or NULL without
 * memory. */
struct mn_principal *mn_principal_new(struct mn_exchange *x, const struct mn_key *key);

#endif
