/* front_head.c - what a route is told of a request: its line, who asks, its headers; and whether
 * they may. */
#include "call/front.h"
#include "call/front_parts.h"
#include "call/principal.h"

static void write_pair(struct mn_writer *w, struct mn_str name, struct mn_str value)
{
    mn_write_open(w, NULL, '[');
    mn_write_str(w, NULL, name);
    mn_write_str(w, NULL, value);
    mn_write_close(w);
}

/* The caller's key is the server's matter: a route that asks for one is not shown it. */
static bool is_shown(const struct mn_app_route *route, struct mn_str name)
{
    return route->open || !mn_str_is(name, "authorization");
}

/* Those of the route's own choice, a line each. */
static void write_wanted(struct mn_exchange *x, struct mn_str names, struct mn_writer *w)
{
    while (names.n > 0) {
        const char *end = memchr(names.p, '\n', names.n);
        size_t n = end != NULL ? (size_t)(end - names.p) : names.n;
        struct mn_str value;
        char name[128];

        if (n < sizeof(name)) {
            memcpy(name, names.p, n);
            name[n] = '\0';
            value = mn_exchange_header(x, name);
            if (value.p != NULL)
                write_pair(w, mn_str(name), value);
        }
        n += end != NULL;
        names.p += n;
        names.n -= n;
    }
}

void mn_front_write_head(struct mn_exchange *x, const struct mn_app_route *route,
                         struct mn_buf *out)
{
    struct mn_writer w = mn_writer(out);
    struct mn_str name, value, user = mn_buf_str(&mn_principal_of(x)->user);

    mn_write_open(&w, NULL, '{');
    mn_write_str(&w, "method", mn_exchange_method(x));
    mn_write_str(&w, "path", mn_exchange_path(x));
    mn_write_str(&w, "peer", mn_exchange_peer(x));
    if (user.n > 0)
        mn_write_raw(&w, "user", user);
    mn_write_open(&w, "params", '[');
    mn_app_route_params(route->path, mn_exchange_path(x), &w);
    mn_write_close(&w);
    mn_write_open(&w, "query", '[');
    for (int i = 0; mn_exchange_query_at(x, &i, &name, &value);)
        write_pair(&w, name, value);
    mn_write_close(&w);
    mn_write_open(&w, "headers", '[');
    for (int i = 0; mn_exchange_header_at(x, &i, &name, &value);) {
        if (is_shown(route, name))
            write_pair(&w, name, value);
    }
    write_wanted(x, route->headers, &w);
    mn_write_close(&w);
    mn_write_close(&w);
}

bool mn_front_may(struct mn_exchange *x, const struct mn_front_route *found)
{
    if (found->route->open ||
        mn_principal_may(mn_principal_of(x), mn_bundle_spec(found->front->bundle)->name))
        return true;
    mn_exchange_refuse(x, 403, NULL, "app_not_allowed", "Your key is not for this app.");
    return false;
}
