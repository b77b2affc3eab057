/* files.c - answers out of the files embedded in the binary.
 *
 * A browser may keep a file but asks each time whether it is still the same (ETag), so a new binary
 * is seen at once. The policy lets a page load and call only what it came with. */
#include "io/server_conn.h"

#include <inttypes.h>
#include <stdio.h>

static const struct {
    const char *ending, *type;
} types[] = {
    {".html", "text/html; charset=utf-8"},
    {".css", "text/css; charset=utf-8"},
    {".js", "text/javascript; charset=utf-8"},
    {".mjs", "text/javascript; charset=utf-8"},
    {".json", "application/json"},
    {".md", "text/markdown; charset=utf-8"},
    {".txt", "text/plain; charset=utf-8"},
    {".svg", "image/svg+xml"},
    {".png", "image/png"},
    {".ico", "image/x-icon"},
    {".woff2", "font/woff2"},
    {".wav", "audio/wav"},
};

static const char policy[] = "default-src 'self'; object-src 'none'; base-uri 'none'; "
                             "form-action 'none'; frame-ancestors 'none'";

static const char *type_of(struct mn_str path)
{
    size_t i;

    for (i = 0; i < sizeof(types) / sizeof(types[0]); i++) {
        struct mn_str ending = mn_str(types[i].ending);

        if (path.n > ending.n &&
            mn_str_same(ending, (struct mn_str){path.p + path.n - ending.n, ending.n}))
            return types[i].type;
    }
    return "application/octet-stream";
}

/* FNV-1a: it tells two builds of a file apart, and guards nothing. */
static uint64_t hash(const char *bytes, size_t n)
{
    uint64_t h = 14695981039346656037u;
    size_t i;

    for (i = 0; i < n; i++)
        h = (h ^ (unsigned char)bytes[i]) * 1099511628211u;
    return h;
}

void mn_files_answer(struct mn_exchange *x, const struct mn_embedded *files, struct mn_str below)
{
    struct mn_str path = below.n > 0 ? below : MN_STR("index.html");
    const struct mn_embedded *file = files;
    char etag[24];
    struct mn_reply reply = {.status = 200, .type = type_of(path)};

    while (file->path != NULL && !mn_str_is(path, file->path))
        file++;
    if (file->path == NULL) {
        mn_exchange_refuse(x, 404, NULL, "not_found", "There is no such file.");
        return;
    }
    snprintf(etag, sizeof(etag), "\"%016" PRIx64 "\"", hash(file->bytes, file->size));
    if (mn_str_is(mn_exchange_header(x, "if-none-match"), etag))
        reply.status = 304;
    reply.body = (struct mn_str){file->bytes, file->size};
    reply.headers = (const struct mn_header[]){
        {MN_STR("ETag"), mn_str(etag)},
        {MN_STR("Cache-Control"), MN_STR("no-cache")},
        {MN_STR("Content-Security-Policy"), MN_STR(policy)},
        {MN_STR("X-Frame-Options"), MN_STR("DENY")},
        {MN_STR("Referrer-Policy"), MN_STR("no-referrer")},
    };
    reply.nheaders = 5;
    mn_exchange_reply(x, &reply);
}
