/* zone.c - the TZif reader behind zone.h. The process's own TZ is never touched: every app has its
 * zone. The rule after the last transition (2037 in Debian's files) is not read. */
#include "script/zone.h"

#include "base/buf.h"
#include "base/err.h"

#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#define HEADER     44 /* bytes; RFC 8536, 3.1 */
#define FILE_MAX   (64 << 10)
#define TIMES_MAX  2000
#define NAME_BYTES 7

struct counts {
    int64_t isut, isstd, leap, times, types, chars;
};

static int64_t number(const unsigned char *p, int bytes)
{
    uint64_t n = (p[0] & 0x80) != 0 ? UINT64_MAX : 0;

    for (int i = 0; i < bytes; i++)
        n = n << 8 | p[i];
    return (int64_t)n;
}

static bool read_header(const unsigned char *p, size_t n, struct counts *c)
{
    if (n < HEADER || memcmp(p, "TZif", 4) != 0)
        return false;
    *c = (struct counts){number(p + 20, 4), number(p + 24, 4), number(p + 28, 4),
                         number(p + 32, 4), number(p + 36, 4), number(p + 40, 4)};
    return c->isut >= 0 && c->isstd >= 0 && c->leap >= 0 && c->times >= 0 &&
           c->times <= TIMES_MAX && c->types >= 1 && c->types <= 255 && c->chars >= 1 &&
           c->chars <= 255 && c->isut <= 255 && c->isstd <= 255 && c->leap <= 255;
}

static size_t body(const struct counts *c, size_t time_bytes)
{
    return (size_t)(c->times * ((int64_t)time_bytes + 1) + c->types * 6 + c->chars +
                    c->leap * ((int64_t)time_bytes + 4) + c->isstd + c->isut);
}

static int fill(struct mn_zone *z, const unsigned char *p, const struct counts *c)
{
    const unsigned char *types = p + c->times * 8, *rows = types + c->times;
    const char *names = (const char *)rows + c->types * 6;

    z->times = calloc((size_t)c->times + 1, sizeof(*z->times));
    z->types = calloc((size_t)c->times + 1, 1);
    z->rows = calloc((size_t)c->types, sizeof(*z->rows));
    if (z->times == NULL || z->types == NULL || z->rows == NULL)
        return -ENOMEM;
    for (int i = 0; i < c->times; i++) {
        z->times[i] = number(p + i * 8, 8);
        z->types[i] = types[i];
        if (types[i] >= c->types)
            return MN_EPROTOCOL;
    }
    for (int i = 0; i < c->types; i++) {
        int at = rows[i * 6 + 5];

        if (at >= c->chars)
            return MN_EPROTOCOL;
        z->rows[i].offset = (int32_t)number(rows + i * 6, 4);
        z->rows[i].is_dst = rows[i * 6 + 4];
        snprintf(z->rows[i].name, sizeof(z->rows[i].name), "%.*s",
                 (int)(c->chars - at < NAME_BYTES ? c->chars - at : NAME_BYTES), names + at);
    }
    z->ntimes = (int)c->times;
    z->ntypes = (int)c->types;
    return 0;
}

static int parse(struct mn_zone *z, const unsigned char *p, size_t n)
{
    struct counts c;
    size_t skip;

    if (!read_header(p, n, &c) || p[4] < '2')
        return MN_EPROTOCOL;
    skip = HEADER + body(&c, 4); /* the part for readers of 32 bits */
    if (skip > n || !read_header(p + skip, n - skip, &c) || HEADER + body(&c, 8) > n - skip)
        return MN_EPROTOCOL;
    return fill(z, p + skip + HEADER, &c);
}

static bool is_name(const char *name)
{
    size_t n = strspn(name, "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789/_+-");

    return n > 0 && n < 64 && name[n] == '\0' && name[0] != '/';
}

int mn_zone_load(struct mn_zone *z, const char *name)
{
    char path[128];
    unsigned char *bytes;
    size_t n;
    FILE *file;
    int err;

    *z = (struct mn_zone){0};
    if (!is_name(name))
        return MN_EABSENT;
    snprintf(path, sizeof(path), "/usr/share/zoneinfo/%s", name);
    file = fopen(path, "rbe");
    if (file == NULL)
        return strcmp(name, "UTC") == 0 ? 0 : MN_EABSENT;
    bytes = malloc(FILE_MAX);
    n = bytes != NULL ? fread(bytes, 1, FILE_MAX, file) : 0;
    err = bytes != NULL ? parse(z, bytes, n) : -ENOMEM;
    free(bytes);
    fclose(file);
    if (err != 0)
        mn_zone_free(z);
    return err;
}

void mn_zone_free(struct mn_zone *z)
{
    free(z->times);
    free(z->types);
    free(z->rows);
    *z = (struct mn_zone){0};
}

static const struct mn_zone_type *type_at(const struct mn_zone *z, int64_t unix_s)
{
    static const struct mn_zone_type utc = {.name = "UTC"};
    int low = 0, high = z->ntimes;

    if (z->ntypes == 0)
        return &utc;
    while (low < high) {
        int middle = (low + high) / 2;

        if (z->times[middle] <= unix_s)
            low = middle + 1;
        else
            high = middle;
    }
    return &z->rows[low > 0 ? z->types[low - 1] : 0];
}

void mn_zone_calendar(const struct mn_zone *z, int64_t unix_s, struct tm *out)
{
    const struct mn_zone_type *type = type_at(z, unix_s);
    time_t shifted = (time_t)(unix_s + type->offset);

    memset(out, 0, sizeof(*out));
    gmtime_r(&shifted, out);
    out->tm_isdst = type->is_dst;
    out->tm_gmtoff = type->offset;
    out->tm_zone = type->name;
}

int64_t mn_zone_unix(const struct mn_zone *z, struct tm *tm)
{
    int64_t local = (int64_t)timegm(tm), before = local - type_at(z, local - 86400)->offset;
    int64_t after = local - type_at(z, local + 86400)->offset;
    int64_t unix_s = local - type_at(z, before)->offset == before ? before : after;

    if (local - type_at(z, unix_s)->offset != unix_s)
        unix_s = before; /* skipped by the clocks going forward */
    mn_zone_calendar(z, unix_s, tm);
    return unix_s;
}
