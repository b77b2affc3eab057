/* operate_admit.c - who is an operator. A caller's key is never an operator's. */
#include "call/operate.h"

#include "base/err.h"
#include "base/sha256.h"
#include "call/keys.h"
#include "call/visitors.h"

/* Their digests are compared, so that the time tells nothing, of the length either. */
static bool presents(struct mn_exchange *x, const char *key)
{
    struct mn_str bearer = mn_exchange_header(x, "authorization"), prefix = MN_STR("Bearer ");
    unsigned char theirs[MN_SHA256_BYTES], ours[MN_SHA256_BYTES];

    if (!mn_str_starts(bearer, prefix) ||
        mn_sha256((struct mn_str){bearer.p + prefix.n, bearer.n - prefix.n}, theirs) != 0 ||
        mn_sha256(mn_str(key), ours) != 0)
        return false;
    return mn_same_secret(theirs, ours, sizeof(ours));
}

bool mn_operate_is_asked(const struct mn_exchange *x)
{
    struct mn_str path = mn_exchange_path(x);

    return mn_str_is(path, "/v1/myna") || mn_str_starts(path, MN_STR("/v1/myna/")) ||
           mn_str_is(path, "/metrics");
}

int mn_operate_check(const struct mn_worker *w, struct mn_buf *why)
{
    const char *key = w->settings->admin_key;

    if (key == NULL || mn_keys_find(&w->keys, mn_str(key)) == NULL)
        return 0;
    mn_buf_add_text(why, "--admin-key: it is also a caller's key; an operator's must be its own\n");
    return MN_ECONFIG;
}

bool mn_operate_may(struct mn_worker *w, struct mn_exchange *x)
{
    const char *key = w->settings->admin_key;

    if (key != NULL && presents(x, key) && mn_keys_find(&w->keys, mn_str(key)) == NULL)
        return true;
    if (key != NULL && mn_exchange_header(x, "authorization").n > 0)
        mn_visitor_was_wrong(w, x);
    if (key != NULL)
        mn_exchange_refuse(x, 401, NULL, "invalid_admin_key",
                           "Incorrect or missing admin key. Send it as 'Authorization: Bearer "
                           "KEY'; a caller's key is not one.");
    else if (w->keys.n > 0 || !mn_worker_is_local(w->settings))
        mn_exchange_refuse(x, 403, NULL, "no_admin_key",
                           "This server has no admin key, so it cannot be operated over HTTP. "
                           "Start it with --admin-key or MYNA_ADMIN_KEY.");
    else
        return true; /* this machine's, and no page of another origin: admit.c has looked */
    return false;
}
