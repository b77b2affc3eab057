/* multipart.c - finds the parts of a form behind multipart.h. */
#include "base/multipart.h"

#include <stdio.h>

#define BOUNDARY_MAX 70 /* RFC 2046, 5.1.1 */

static const char *find(struct mn_str in, struct mn_str what)
{
    return in.n > 0 && what.n > 0 ? memmem(in.p, in.n, what.p, what.n) : NULL;
}

static struct mn_str after(struct mn_str s, const char *from)
{
    return (struct mn_str){from, (size_t)(s.p + s.n - from)};
}

/* What stands behind boundary= in the content type, with "--" before it; empty: none. */
static struct mn_str read_boundary(struct mn_str type, char out[BOUNDARY_MAX + 3])
{
    static const struct mn_str key = {"boundary=", 9};
    const char *at = mn_str_starts(type, MN_STR("multipart/form-data")) ? find(type, key) : NULL;
    struct mn_str name;
    size_t n = 0;

    if (at == NULL)
        return (struct mn_str){NULL, 0};
    name = after(type, at + key.n);
    if (name.n > 0 && name.p[0] == '"')
        name = (struct mn_str){name.p + 1, name.n - 1};
    while (n < name.n && name.p[n] != '"' && name.p[n] != ';' && name.p[n] != ' ')
        n++;
    name.n = n;
    if (name.n == 0 || name.n > BOUNDARY_MAX)
        return (struct mn_str){NULL, 0};
    return (struct mn_str){out, (size_t)snprintf(out, BOUNDARY_MAX + 3, "--%.*s", MN_FMT(name))};
}

bool mn_multipart_part(struct mn_str body, struct mn_str type, const char *name, struct mn_str *out)
{
    static const struct mn_str blank = {"\r\n\r\n", 4};
    char kept[BOUNDARY_MAX + 3], wanted[32];
    struct mn_str boundary = read_boundary(type, kept);
    const char *at = find(body, boundary), *content, *end;

    *out = (struct mn_str){NULL, 0};
    snprintf(wanted, sizeof(wanted), "name=\"%s\"", name);
    while (at != NULL) {
        struct mn_str part = after(body, at + boundary.n), head;

        end = find(part, boundary);
        content = find(part, blank);
        if (end == NULL || content == NULL || content > end)
            return false;
        head = (struct mn_str){part.p, (size_t)(content - part.p)};
        content += blank.n;
        if (find(head, mn_str(wanted)) != NULL && end >= content + 2) {
            *out = (struct mn_str){content, (size_t)(end - 2 - content)}; /* less its line's end */
            return true;
        }
        at = end;
    }
    return false;
}
