/* keep.c - names and writes what a run leaves behind, behind keep.h. */
#include "sim/keep.h"

#include <errno.h>
#include <stdio.h>
#include <sys/stat.h>

#define NAME_MAX_BYTES 100 /* of a scenario's name, so that the file's stays under 255 */

/* Letters and digits stay, and what is not ASCII; all else becomes one '-'. */
static void add_slug(struct mn_buf *out, const char *text, size_t n)
{
    bool gap = false;

    for (size_t i = 0; i < n; i++) {
        unsigned char c = (unsigned char)text[i], low = c | 0x20;
        bool plain = c >= 0x80 || (c >= '0' && c <= '9') || (low >= 'a' && low <= 'z') || c == '_';

        if (plain && gap)
            mn_buf_add_byte(out, '-');
        if (plain)
            mn_buf_add_byte(out, (char)c);
        gap = !plain && (gap || i > 0);
    }
}

/* The last but `up` part of path: 0 is its file, 2 the app above scenarios/. */
static struct mn_str part(const char *path, int up)
{
    const char *end = path + strlen(path), *begin = end;

    for (;;) {
        while (begin > path && begin[-1] != '/')
            begin--;
        if (up-- == 0 || begin == path)
            break;
        end = begin -= 1;
    }
    return (struct mn_str){begin, (size_t)(end - begin)};
}

int mn_keep_dir(const char *dir)
{
    return mkdir(dir, 0777) != 0 && errno != EEXIST ? -errno : 0;
}

int mn_keep_path(struct mn_buf *out, const char *dir, const char *file, const char *name,
                 const char *ending)
{
    struct mn_str app = part(file, 2), base = part(file, 0);
    size_t n = strlen(name);

    if (base.n > 4)
        base.n -= 4; /* ".lua" */
    mn_buf_addf(out, "%s/", dir);
    add_slug(out, app.p, app.n);
    mn_buf_add_byte(out, '.');
    add_slug(out, base.p, base.n);
    mn_buf_add_byte(out, '.');
    add_slug(out, name, n < NAME_MAX_BYTES ? n : NAME_MAX_BYTES);
    mn_buf_addf(out, ".%s", ending);
    return out->err;
}

int mn_keep_file(const char *path, struct mn_str bytes)
{
    FILE *f = fopen(path, "wb");
    int err = 0;

    if (f == NULL)
        return -errno;
    if (bytes.n > 0 && fwrite(bytes.p, 1, bytes.n, f) != bytes.n)
        err = -errno;
    if (fclose(f) != 0 && err == 0)
        err = -errno;
    return err;
}
