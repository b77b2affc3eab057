/* principal.c - what an exchange carries of who asks. */
#include "call/principal.h"

#include "base/json_write.h"

#include <stdio.h>
#include <stdlib.h>

static void drop(void *principal)
{
    struct mn_principal *p = principal;

    mn_buf_free(&p->user);
    free(p);
}

const struct mn_principal *mn_principal_of(const struct mn_exchange *x)
{
    static const struct mn_principal unknown;
    const struct mn_principal *p = mn_exchange_carried(x);

    return p != NULL ? p : &unknown;
}

bool mn_principal_may(const struct mn_principal *p, struct mn_str app)
{
    return p->apps[0] == '\0' || mn_key_names(p->apps, app);
}

static void write_user(struct mn_principal *p, const struct mn_key *key)
{
    struct mn_writer w = mn_writer(&p->user);

    mn_write_open(&w, NULL, '{');
    mn_write_text(&w, "id", key->user);
    mn_write_text(&w, "key", key->name);
    mn_write_close(&w);
}

struct mn_principal *mn_principal_new(struct mn_exchange *x, const struct mn_key *key)
{
    struct mn_principal *p = calloc(1, sizeof(*p));

    if (p == NULL)
        return NULL;
    if (key != NULL) {
        p->kind = MN_ASKS_KEY;
        p->limits = key->limits;
        snprintf(p->key, sizeof(p->key), "%s", key->name);
        snprintf(p->apps, sizeof(p->apps), "%s", key->apps);
        write_user(p, key);
    }
    mn_exchange_carry(x, p, drop);
    return p;
}
