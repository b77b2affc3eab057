/* route.c - patterns of paths, behind route.h. */
#include "script/route.h"

#include "script/app.h"

/* Takes the next part of a path off it; the slash before it goes, too. False after the last. */
static bool next_part(struct mn_str *path, struct mn_str *part)
{
    const char *end;

    if (path->n == 0)
        return false;
    path->p++, path->n--; /* the slash */
    end = memchr(path->p, '/', path->n);
    *part = (struct mn_str){path->p, end != NULL ? (size_t)(end - path->p) : path->n};
    path->p += part->n;
    path->n -= part->n;
    return true;
}

static bool is_name(struct mn_str part)
{
    return part.n > 2 && part.p[0] == '{' && part.p[part.n - 1] == '}';
}

bool mn_app_route_fits(struct mn_str pattern, struct mn_str path, uint32_t *rank)
{
    struct mn_str want = {0}, part = {0};
    uint32_t bit = 1U << 31;

    *rank = 0;
    if (path.n == 0 || path.p[0] != '/')
        return false;
    for (; next_part(&pattern, &want); bit >>= 1) {
        if (!next_part(&path, &part))
            return false;
        if (is_name(want) ? part.n == 0 : !mn_str_same(want, part))
            return false;
        *rank |= is_name(want) ? 0 : bit;
    }
    return path.n == 0;
}

bool mn_app_route_same(struct mn_str pattern, struct mn_str other)
{
    struct mn_str a = {0}, b = {0};

    while (next_part(&pattern, &a)) {
        if (!next_part(&other, &b) || is_name(a) != is_name(b))
            return false;
        if (!is_name(a) && !mn_str_same(a, b))
            return false;
    }
    return other.n == 0;
}

void mn_app_route_params(struct mn_str pattern, struct mn_str path, struct mn_writer *w)
{
    struct mn_str want = {0}, part = {0};

    while (next_part(&pattern, &want) && next_part(&path, &part)) {
        if (!is_name(want))
            continue;
        mn_write_open(w, NULL, '[');
        mn_write_str(w, NULL, (struct mn_str){want.p + 1, want.n - 2});
        mn_write_str(w, NULL, part);
        mn_write_close(w);
    }
}

int mn_bundle_routes(const struct mn_bundle *b, const struct mn_app_route **list)
{
    *list = b->routes;
    return b->nroutes;
}
