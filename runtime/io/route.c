/* route.c - a request's method and path, looked up in a table of routes. */
#include "io/route.h"

static bool is_open_ended(struct mn_str path)
{
    return path.n > 0 && path.p[path.n - 1] == '*';
}

static bool fits_path(const struct mn_route *r, struct mn_str path)
{
    struct mn_str row = mn_str(r->path);

    if (!is_open_ended(row))
        return mn_str_same(row, path);
    row.n--;
    return mn_str_starts(path, row);
}

static bool fits_method(const struct mn_route *r, struct mn_str method)
{
    return mn_str_is(method, r->method) ||
           (mn_str_is(method, "HEAD") && strcmp(r->method, "GET") == 0);
}

int mn_route_find(const struct mn_route *routes, struct mn_str method, struct mn_str path,
                  bool upgrade, const struct mn_route **found)
{
    const struct mn_route *r;
    int status = 404;

    *found = NULL;
    for (r = routes; r->path != NULL; r++) {
        if (!fits_path(r, path) || (r->files != NULL && status != 404))
            continue; /* what a row knows by another method is no file */
        if (upgrade != (r->accept != NULL)) {
            if (!upgrade && status == 404)
                status = 426;
        } else if (fits_method(r, method)) {
            *found = r;
            return 200;
        } else {
            status = 405;
        }
    }
    return status;
}

struct mn_str mn_route_below(const struct mn_route *r, struct mn_str path)
{
    struct mn_str row = mn_str(r->path);

    if (!is_open_ended(row))
        return (struct mn_str){NULL, 0};
    return (struct mn_str){path.p + row.n - 1, path.n - (row.n - 1)};
}

static void add_method(struct mn_buf *out, const char *method)
{
    if (out->n > 0 && memmem(out->p, out->n, method, strlen(method)) != NULL)
        return; /* none is part of another */
    mn_buf_addf(out, "%s%s", out->n > 0 ? ", " : "", method);
}

void mn_route_methods(const struct mn_route *routes, struct mn_str path, struct mn_buf *out)
{
    const struct mn_route *r;

    for (r = routes; r->path != NULL; r++) {
        if (!fits_path(r, path))
            continue;
        add_method(out, r->method);
        if (strcmp(r->method, "GET") == 0 && r->accept == NULL)
            add_method(out, "HEAD");
    }
}
