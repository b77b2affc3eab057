/* resolve.c - the cache of names behind resolve.h.
 *
 * DESIGN  A name is asked once however many wait for it, and lives on as the cache. Lookups hang on
 * the name; cancelling one, or its running out of time, unhooks it and leaves the question running:
 * a thread inside getaddrinfo() cannot be stopped, and its answer is good for the next dial.
 *
 * The timer of a lookup whose answer is known already is started with no delay, so every answer
 * comes from the loop, and callers have one path. */
#include "io/resolve.h"

#include "base/err.h"

#include <errno.h>
#include <stdlib.h>
#include <string.h>
#include <strings.h>
#include <uv.h>

enum { MAX_NAMES = 64, KEEP_MS = 30 * 1000 };

struct mn_name {
    struct mn_list node; /* of the resolver; the one asked longest ago is first */
    struct mn_resolver *resolver;
    struct mn_list lookups;
    uv_getaddrinfo_t request;
    bool asking;
    bool orphan; /* the resolver is gone; the request's callback frees the name */
    int64_t good_until_ms;
    int err;
    struct mn_addresses found;
    char host[MN_NAME_MAX + 1];
};

struct mn_resolver {
    uv_loop_t *uv;
    struct mn_clock *clock;
    struct mn_list names;
    int nnames;
};

static void on_lookup_timer(struct mn_timer *timer)
{
    struct mn_lookup *lookup = mn_container_of(timer, struct mn_lookup, timer);
    struct mn_name *name = lookup->name;
    int err = name->asking ? MN_ETIMEOUT : name->err;
    struct mn_addresses found = name->found; /* the next lookup may reuse the name */

    mn_lookup_cancel(lookup);
    lookup->fn(lookup, err, err == 0 ? &found : NULL);
}

static int keep_addresses(struct mn_addresses *out, const struct addrinfo *info)
{
    out->n = 0;
    for (; info != NULL && out->n < MN_ADDRESSES_MAX; info = info->ai_next) {
        if (info->ai_family != AF_INET && info->ai_family != AF_INET6)
            continue;
        memcpy(&out->at[out->n++], info->ai_addr, info->ai_addrlen);
    }
    return out->n > 0 ? 0 : MN_ERESOLVE;
}

static void on_addresses(uv_getaddrinfo_t *request, int status, struct addrinfo *info)
{
    struct mn_name *name = mn_container_of(request, struct mn_name, request);
    struct mn_list *node;
    struct mn_clock *clock;

    if (name->orphan) {
        uv_freeaddrinfo(info);
        free(name);
        return;
    }
    clock = name->resolver->clock;
    mn_clock_update(clock);
    name->asking = false;
    name->good_until_ms = mn_clock_now(clock) + KEEP_MS;
    if (status < 0)
        name->err = status == UV_EAI_MEMORY || status == UV_ENOMEM ? -ENOMEM : MN_ERESOLVE;
    else
        name->err = keep_addresses(&name->found, info);
    uv_freeaddrinfo(info);

    /* They are answered by their timers, since an answer may cancel any other lookup. Restarting a
     * running timer needs no memory and cannot fail. */
    for (node = name->lookups.next; node != &name->lookups; node = node->next)
        (void)mn_timer_start(clock, &mn_container_of(node, struct mn_lookup, node)->timer, 0,
                             on_lookup_timer);
}

int mn_resolver_open(struct mn_resolver **out, struct uv_loop_s *uv, struct mn_clock *clock)
{
    struct mn_resolver *r = calloc(1, sizeof(*r));

    *out = r;
    if (r == NULL)
        return -ENOMEM;
    r->uv = uv;
    r->clock = clock;
    mn_list_init(&r->names);
    return 0;
}

void mn_resolver_close(struct mn_resolver *r)
{
    struct mn_list *node, *next, *waiting, *after;
    struct mn_name *name;

    if (r == NULL)
        return;
    for (node = r->names.next; node != &r->names; node = next) {
        next = node->next;
        name = mn_container_of(node, struct mn_name, node);
        for (waiting = name->lookups.next; waiting != &name->lookups; waiting = after) {
            after = waiting->next;
            mn_lookup_cancel(mn_container_of(waiting, struct mn_lookup, node));
        }
        if (name->asking) {
            name->orphan = true;
            uv_cancel((uv_req_t *)&name->request); /* fails when its thread has begun */
        } else {
            free(name);
        }
    }
    free(r);
}

static struct mn_name *find(struct mn_resolver *r, const char *host)
{
    struct mn_list *node;

    for (node = r->names.next; node != &r->names; node = node->next) {
        struct mn_name *name = mn_container_of(node, struct mn_name, node);

        if (strcasecmp(name->host, host) == 0)
            return name;
    }
    return NULL;
}

/* Whether a lookup can wait for the name as it is. While lookups are still to be told what was
 * found, it may not change. */
static bool is_fresh(const struct mn_resolver *r, const struct mn_name *name)
{
    return name->asking || !mn_list_empty(&name->lookups) ||
           (name->err == 0 && name->good_until_ms > mn_clock_now(r->clock));
}

/* Finds a name nobody waits for, to be forgotten. */
static struct mn_name *idle(struct mn_resolver *r)
{
    struct mn_list *node;

    for (node = r->names.next; node != &r->names; node = node->next) {
        struct mn_name *name = mn_container_of(node, struct mn_name, node);

        if (!name->asking && mn_list_empty(&name->lookups))
            return name;
    }
    return NULL;
}

/* Answers a literal without a thread, and asks one for anything else. */
static int ask(struct mn_resolver *r, struct mn_name *name)
{
    const struct addrinfo hints = {.ai_family = AF_UNSPEC, .ai_socktype = SOCK_STREAM};
    int err;

    mn_list_remove(&name->node);
    mn_list_append(&r->names, &name->node);
    name->err = 0;
    name->good_until_ms = 0;
    name->found.n = 1;
    if (uv_ip4_addr(name->host, 0, &name->found.at[0].v4) == 0 ||
        uv_ip6_addr(name->host, 0, &name->found.at[0].v6) == 0) {
        name->good_until_ms = INT64_MAX;
        return 0;
    }
    err = uv_getaddrinfo(r->uv, &name->request, on_addresses, name->host, NULL, &hints);
    name->asking = err == 0;
    if (err < 0)
        return err == UV_ENOMEM ? -ENOMEM : MN_ERESOLVE; /* not a name in any alphabet */
    return 0;
}

static int add(struct mn_resolver *r, const char *host, struct mn_name **out)
{
    struct mn_name *name;

    if (r->nnames == MAX_NAMES) {
        name = idle(r);
        if (name == NULL)
            return MN_EFULL;
        mn_list_remove(&name->node);
    } else {
        name = malloc(sizeof(*name));
        if (name == NULL)
            return -ENOMEM;
        r->nnames++;
    }
    *name = (struct mn_name){.resolver = r};
    memcpy(name->host, host, strlen(host) + 1);
    mn_list_init(&name->lookups);
    mn_list_append(&r->names, &name->node);
    *out = name;
    return 0;
}

int mn_resolve(struct mn_resolver *r, struct mn_lookup *lookup, const char *host,
               int64_t timeout_ms, mn_lookup_fn *fn)
{
    struct mn_name *name;
    int err;

    if (host[0] == '\0' || strlen(host) > MN_NAME_MAX)
        return MN_ERESOLVE;
    name = find(r, host);
    err = name != NULL ? 0 : add(r, host, &name);
    if (err == 0 && !is_fresh(r, name))
        err = ask(r, name);
    if (err < 0)
        return err;
    err = mn_timer_start(r->clock, &lookup->timer, name->asking ? timeout_ms : 0, on_lookup_timer);
    if (err < 0)
        return err;
    lookup->name = name;
    lookup->fn = fn;
    mn_list_append(&name->lookups, &lookup->node);
    return 0;
}

void mn_lookup_cancel(struct mn_lookup *lookup)
{
    if (lookup->name == NULL)
        return;
    mn_timer_stop(&lookup->timer);
    mn_list_remove(&lookup->node);
    lookup->name = NULL;
}
