/* admit.c - who may come in, and who that is.
 *
 * With keys: whoever presents one, from anywhere or from the origins that are listed. Without: only
 * this machine, and of its browsers only pages this server gave out, since any web page the
 * operator visits can dial a loopback address. A page of a name that an attacker points at
 * 127.0.0.1 is told by its Host. */
#include "call/front.h"
#include "call/minting.h"
#include "call/operate.h"
#include "call/principal.h"
#include "call/visitors.h"
#include "call/worker_parts.h"
#include "script/route.h"

#include "base/err.h"

#define SUBPROTOCOL_KEY "openai-insecure-api-key."

static bool is_loopback(struct mn_str host)
{
    static const char *const names[] = {"localhost", "127.0.0.1", "[::1]", "::1", NULL};

    for (const char *const *name = names; *name != NULL; name++) {
        if (mn_str_is(host, *name))
            return true;
    }
    return false;
}

/* "host:port", "[v6]:port" or either alone. */
static struct mn_str without_port(struct mn_str authority)
{
    for (size_t n = authority.n; n > 0; n--) {
        if (authority.p[n - 1] == ']')
            break;
        if (authority.p[n - 1] == ':')
            return (struct mn_str){authority.p, n - 1};
    }
    return authority;
}

static bool origin_is_ours(struct mn_str origin, struct mn_str host)
{
    static const char *const schemes[] = {"http://", "https://", NULL};

    for (const char *const *scheme = schemes; *scheme != NULL; scheme++) {
        struct mn_str prefix = mn_str(*scheme);

        if (mn_str_starts(origin, prefix))
            return mn_str_same((struct mn_str){origin.p + prefix.n, origin.n - prefix.n}, host);
    }
    return false;
}

/* What is presented: as Bearer, or by a browser, which can set no header, as a subprotocol. */
static struct mn_str presented(struct mn_exchange *x)
{
    struct mn_str bearer = mn_exchange_header(x, "authorization"), offer;
    struct mn_str prefix = MN_STR("Bearer "), name = MN_STR(SUBPROTOCOL_KEY);

    if (mn_str_starts(bearer, prefix))
        return (struct mn_str){bearer.p + prefix.n, bearer.n - prefix.n};
    for (int i = 0; (offer = mn_exchange_offer(x, i)).n > 0; i++) {
        if (mn_str_starts(offer, name))
            return (struct mn_str){offer.p + name.n, offer.n - name.n};
    }
    return (struct mn_str){0};
}

/* The page that asks for the key, what only tells that the server is up, and routes whose app says
 * so. */
static bool is_public(struct mn_worker *w, struct mn_exchange *x)
{
    struct mn_front_route found;
    int status;

    if (mn_str_starts(mn_exchange_path(x), MN_STR("/v1/")))
        return false;
    return !mn_front_find(w, x, &found, &status) || found.route->open;
}

/* Without a list: any with a key, which no page has unless it is given it. */
static bool host_is_allowed(const struct mn_worker *w, struct mn_str host)
{
    const char *listed = w->settings->hosts;
    bool keyless = w->keys.n == 0;

    if (listed != NULL && (mn_key_names(listed, host) || mn_key_names(listed, without_port(host))))
        return true;
    return keyless ? is_loopback(without_port(host)) : listed == NULL;
}

static bool origin_is_allowed(const struct mn_worker *w, struct mn_str origin, struct mn_str host)
{
    const char *listed = w->settings->origins;

    if (origin.n == 0 || origin_is_ours(origin, host))
        return true;
    return listed != NULL ? mn_key_names(listed, origin) : w->keys.n > 0;
}

static bool comes_from_here(struct mn_worker *w, struct mn_exchange *x)
{
    struct mn_str host = mn_exchange_header(x, "host"), origin = mn_exchange_header(x, "origin");
    bool keyless = w->keys.n == 0;

    if (!host_is_allowed(w, host))
        mn_exchange_refuse(x, 403, NULL, "host_not_allowed",
                           keyless
                               ? "This server has no key, so it answers to localhost only. Dial "
                                 "it as localhost, or start it with --key."
                               : "This server does not answer to this name (--hosts).");
    else if (!origin_is_allowed(w, origin, host))
        mn_exchange_refuse(x, 403, NULL, "origin_not_allowed",
                           keyless
                               ? "This server has no key, so pages of other origins may not use "
                                 "it. Start it with --key to allow them."
                               : "Pages of this origin may not use this server (--origins).");
    else
        return true;
    return false;
}

static bool resumes(struct mn_exchange *x)
{
    return mn_exchange_upgrades(x) && mn_str_is(mn_exchange_path(x), "/v1/realtime") &&
           mn_exchange_query(x, "session_id").n > 0;
}

static void refuse_key(struct mn_exchange *x, enum mn_token_is is)
{
    if (is == MN_TOKEN_EXPIRED)
        mn_exchange_refuse(x, 401, NULL, "token_expired", "This token has expired. Get another.");
    else if (is == MN_TOKEN_USED)
        mn_exchange_refuse(x, 401, NULL, "token_used",
                           "This token was for one call, and was used. Get another.");
    else
        mn_exchange_refuse(x, 401, NULL, "invalid_api_key",
                           "Incorrect or missing API key. Send it as 'Authorization: Bearer KEY'.");
}

/* A browser asks beforehand, without a key, whether a page of another origin may ask what it wants
 * to (CORS). The key decides; routes that answer OPTIONS themselves do. */
static bool is_preflight(struct mn_worker *w, struct mn_exchange *x)
{
    struct mn_front_route found;
    int status;

    return mn_str_is(mn_exchange_method(x), "OPTIONS") &&
           mn_exchange_header(x, "access-control-request-method").n > 0 &&
           !mn_front_find(w, x, &found, &status);
}

static void answer_preflight(struct mn_exchange *x)
{
    struct mn_header headers[] = {
        {MN_STR("Access-Control-Allow-Methods"), MN_STR("GET, POST, PUT, PATCH, DELETE")},
        {MN_STR("Access-Control-Allow-Headers"),
         mn_exchange_header(x, "access-control-request-headers")},
        {MN_STR("Access-Control-Max-Age"), MN_STR("600")},
    };

    mn_exchange_reply(x, &(struct mn_reply){.status = 204, .headers = headers, .nheaders = 3});
}

bool mn_worker_admit(void *worker, struct mn_exchange *x)
{
    struct mn_worker *w = worker;
    const struct mn_key *key;
    struct mn_principal *p;
    enum mn_token_is is;

    if (!comes_from_here(w, x))
        return false;
    mn_exchange_share(x, mn_exchange_header(x, "origin"));
    if (is_preflight(w, x)) {
        answer_preflight(x);
        return false;
    }
    if (presented(x).n > 0 && mn_visitor_is_shut_out(w, x))
        return false;
    if (mn_operate_is_asked(x) && !mn_operate_may(w, x))
        return false;
    key = mn_keys_find(&w->keys, presented(x));
    p = mn_principal_new(x, key);
    if (p == NULL) {
        mn_exchange_refuse(x, 500, NULL, NULL, "Out of memory.");
        return false;
    }
    if (key != NULL)
        return true;
    is = mn_worker_read_token(w, presented(x), resumes(x), p);
    if (is == MN_TOKEN_NONE && presented(x).n > 0 && w->keys.n > 0 && !mn_operate_is_asked(x))
        mn_visitor_was_wrong(w, x);
    if (is == MN_TOKEN_GOOD || mn_operate_is_asked(x) || is_public(w, x) ||
        (is == MN_TOKEN_NONE && w->keys.n == 0))
        return true;
    refuse_key(x, is);
    return false;
}

bool mn_worker_has_keys(const struct mn_settings *s)
{
    return s->key != NULL || s->keys != NULL;
}

bool mn_worker_is_local(const struct mn_settings *s)
{
    return is_loopback(mn_str(s->host));
}

int mn_worker_check_exposure(const struct mn_settings *s, struct mn_buf *why)
{
    if (mn_worker_has_keys(s) || mn_worker_is_local(s))
        return 0;
    mn_buf_addf(why,
                "--host %s: anyone who can reach this address could use the agents; set a key with "
                "--key or MYNA_KEY, or some with --keys, or listen on 127.0.0.1\n",
                s->host);
    return MN_ECONFIG;
}
