/* principal.c - what an exchange carries of who asks. */
#include "call/principal.h"

#include "base/json_write.h"
#include "call/seats.h"

#include <stdio.h>
#include <stdlib.h>

void mn_principal_clear(struct mn_principal *p)
{
    if (p->seated)
        mn_seat_leave(p->commons, p->seat);
    p->seated = false;
    mn_buf_free(&p->user);
    mn_buf_free(&p->session);
}

static void drop(void *principal)
{
    mn_principal_clear(principal);
    free(principal);
}

void mn_principal_keep(struct mn_principal *kept, struct mn_principal *p)
{
    *kept = *p;
    kept->user = kept->session = (struct mn_buf){0};
    mn_buf_add_str(&kept->user, mn_buf_str(&p->user));
    mn_buf_add_str(&kept->session, mn_buf_str(&p->session));
    p->seated = false;
}

int mn_principal_err(const struct mn_principal *p)
{
    return p->user.err != 0 ? p->user.err : p->session.err;
}

struct mn_principal *mn_principal_of(const struct mn_exchange *x)
{
    static struct mn_principal unknown;
    struct mn_principal *p = mn_exchange_carried(x);

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

/* What a token says of its user stands beside who asked for it. */
static int write_visitor(struct mn_principal *p, const struct mn_json *says)
{
    const struct mn_json *claims = mn_json_get(says, "claims");
    struct mn_writer w = mn_writer(&p->user);
    struct mn_buf text = {0};
    int err;

    mn_buf_clear(&p->user);
    mn_write_open(&w, NULL, '{');
    if (mn_json_get(says, "user") != NULL)
        mn_write_str(&w, "id", mn_json_str(says, "user"));
    if (p->key[0] != '\0')
        mn_write_text(&w, "key", p->key);
    if (claims != NULL && mn_json_print(claims, &text) == 0)
        mn_write_raw(&w, "claims", mn_buf_str(&text));
    mn_write_close(&w);
    err = text.err != 0 ? text.err : p->user.err;
    mn_buf_free(&text);
    return err;
}

int mn_principal_by_token(struct mn_principal *p, const struct mn_key *key,
                          const struct mn_json *says)
{
    const struct mn_json *session = mn_json_get(says, "session");

    p->kind = MN_ASKS_TOKEN;
    p->single_use = mn_json_bool(says, "once", false);
    snprintf(p->apps, sizeof(p->apps), "%.*s", MN_FMT(mn_json_str(says, "app")));
    if (key != NULL) {
        p->limits = key->limits;
        snprintf(p->key, sizeof(p->key), "%s", key->name);
    }
    if (session != NULL)
        mn_json_print(session, &p->session);
    return p->session.err != 0 ? p->session.err : write_visitor(p, says);
}
