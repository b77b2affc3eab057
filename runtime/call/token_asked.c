/* token_asked.c - myna.token: what a route's or a call's script asks for. These tokens are of no
 * key, so that they outlive one: the author says who gets one. */
#include "base/err.h"
#include "base/json_write.h"
#include "call/minting.h"
#include "call/worker_parts.h"

#include <inttypes.h>

static int told(struct mn_worker *w, int err, struct mn_buf *why)
{
    if (err == MN_ELIMIT)
        mn_buf_addf(why, "user and claims are more than a token may say (token-bytes, %" PRId64 ")",
                    w->settings->token_bytes);
    else if (err == MN_EFULL)
        mn_buf_addf(why, "%" PRId64 " tokens are good at once, and no more may be (tokens)",
                    w->settings->tokens);
    return err;
}

static int answer(const char *value, int64_t expires_at, struct mn_buf *out)
{
    struct mn_writer w = mn_writer(out);

    mn_write_open(&w, NULL, '{');
    mn_write_text(&w, "value", value);
    mn_write_int(&w, "expires_at", expires_at);
    mn_write_close(&w);
    return out->err;
}

static int mint(struct mn_worker *w, struct mn_str app, const struct mn_json *ask,
                struct mn_buf *out, struct mn_buf *why)
{
    const struct mn_json *claims = mn_json_get(ask, "claims");
    struct mn_buf text = {0};
    struct mn_mint m = {.app = mn_json_str(ask, "app"),
                        .user = mn_json_str(ask, "user"),
                        .single_use = mn_json_bool(ask, "single_use", false),
                        .ttl_s = (mn_json_int(ask, "ttl_ms", 0) + 999) / 1000};
    char value[MN_TOKEN_CHARS + 1];
    int64_t expires_at;
    int err;

    if (m.app.n == 0)
        m.app = app;
    if (mn_generation_find(&w->apps, m.app) == NULL) {
        mn_buf_addf(why, "app: no app '%.*s' is served here", (int)(m.app.n < 64 ? m.app.n : 64),
                    m.app.p);
        return MN_EABSENT;
    }
    if (m.ttl_s > w->settings->token_ttl / 1000) {
        mn_buf_addf(why, "ttl: at most %" PRId64 " s (token-ttl)", w->settings->token_ttl / 1000);
        return MN_ELIMIT;
    }
    if (claims != NULL && mn_json_print(claims, &text) == 0)
        m.claims = mn_buf_str(&text);
    err = text.err != 0 ? text.err : told(w, mn_worker_mint(w, &m, value, &expires_at), why);
    mn_buf_free(&text);
    return err == 0 ? answer(value, expires_at, out) : err;
}

int mn_worker_token(void *worker, struct mn_str app, struct mn_str ask, struct mn_buf *out,
                    struct mn_buf *why)
{
    struct mn_json *read;
    int err = mn_json_parse(&read, ask, &mn_json_frame, NULL);

    if (err == 0)
        err = mint(worker, app, read, out, why);
    mn_json_free(read);
    return err;
}
