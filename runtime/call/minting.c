/* minting.c - what a token says, as JSON in the commons. */
#include "call/minting.h"

#include "base/json_write.h"
#include "call/meters.h"
#include "call/worker_parts.h"

static int write_says(const struct mn_mint *m, struct mn_buf *out)
{
    struct mn_writer w = mn_writer(out);

    mn_write_open(&w, NULL, '{');
    mn_write_str(&w, "app", m->app);
    if (m->key.n > 0)
        mn_write_str(&w, "key", m->key);
    if (m->user.n > 0)
        mn_write_str(&w, "user", m->user);
    if (m->claims.n > 0)
        mn_write_raw(&w, "claims", m->claims);
    if (m->session.n > 0)
        mn_write_raw(&w, "session", m->session);
    if (m->single_use)
        mn_write_bool(&w, "once", true);
    mn_write_close(&w);
    return out->err;
}

int mn_worker_mint(struct mn_worker *w, const struct mn_mint *mint, char out[MN_TOKEN_CHARS + 1],
                   int64_t *expires_at)
{
    int64_t now_s = mn_clock_wall(w->world.clock) / 1000;
    struct mn_buf says = {0};
    int err = write_says(mint, &says);

    *expires_at = now_s + mint->ttl_s;
    if (err == 0)
        err = mn_token_mint(w->commons,
                            &(struct mn_token_ask){
                                .says = mn_buf_str(&says),
                                .whose = mint->key.n > 0 ? mn_meter_name('k', mint->key) : 0,
                                .most = mint->key.n > 0 ? (uint32_t)w->settings->key_tokens : 0,
                                .now_s = now_s,
                                .expires_s = *expires_at,
                            },
                            out);
    mn_buf_free(&says);
    return err;
}

static const struct mn_key *key_named(const struct mn_keys *keys, struct mn_str name)
{
    for (int i = 0; i < keys->n; i++) {
        if (mn_str_is(name, keys->list[i].name))
            return &keys->list[i];
    }
    return NULL;
}

/* A token ends with the key that asked for it, and with an app that is no longer that key's. */
static bool adopt(struct mn_worker *w, struct mn_str text, struct mn_principal *p)
{
    struct mn_json *says = NULL;
    const struct mn_key *key;
    bool ok;

    if (mn_json_parse(&says, text, &mn_json_frame, NULL) != 0)
        return false;
    key = key_named(&w->keys, mn_json_str(says, "key"));
    ok = mn_json_get(says, "key") == NULL ||
         (key != NULL &&
          (key->apps[0] == '\0' || mn_key_names(key->apps, mn_json_str(says, "app"))));
    ok = ok && mn_principal_by_token(p, key, says) == 0;
    mn_json_free(says);
    return ok;
}

/* It opens nothing any more, but lets its call be asked for. */
static enum mn_token_is resumed(struct mn_principal *p)
{
    strcpy(p->apps, ","); /* the name of none */
    return MN_TOKEN_GOOD;
}

enum mn_token_is mn_worker_read_token(struct mn_worker *w, struct mn_str text, bool resumes,
                                      struct mn_principal *p)
{
    struct mn_buf says = {0};
    enum mn_token_is is =
        mn_token_read(w->commons, text, mn_clock_wall(w->world.clock) / 1000, &p->token, &says);

    if (resumes && (is == MN_TOKEN_EXPIRED || is == MN_TOKEN_USED))
        is = resumed(p);
    else if (is == MN_TOKEN_GOOD && !adopt(w, mn_buf_str(&says), p))
        is = MN_TOKEN_FORGED;
    mn_buf_free(&says);
    return is;
}
