/* snapshot.c - masks, reads, writes and compares golden records, behind snapshot.h. */
#include "sim/snapshot.h"

#include "base/err.h"
#include "base/file.h"
#include "sim/keep.h"

#include <ctype.h>
#include <errno.h>

#define SHOWN_MAX 160 /* bytes of a line that differs */
#define FILE_MAX  (64 << 20)

/* What ids begin with, here and in the API. */
static const char *const prefixes[] = {"item_", "resp_", "event_", "call_",
                                       "conv_", "sess_", "msg_"};

/* How long the id at p is; 0 when none is there. */
static size_t id_length(const char *p, const char *end)
{
    for (size_t i = 0; i < sizeof(prefixes) / sizeof(prefixes[0]); i++) {
        size_t n = strlen(prefixes[i]), m = n;

        if ((size_t)(end - p) <= n || memcmp(p, prefixes[i], n) != 0)
            continue;
        while (p + m < end && isalnum((unsigned char)p[m]))
            m++;
        return m > n ? m : 0;
    }
    return 0;
}

/* The number of an id among those seen, each followed by '\n'; from 1. */
static int number_of(struct mn_buf *seen, struct mn_str id)
{
    int n = 1;

    for (size_t at = 0; at < seen->n; n++) {
        const char *line = seen->p + at, *end = memchr(line, '\n', seen->n - at);

        if (mn_str_same((struct mn_str){line, (size_t)(end - line)}, id))
            return n;
        at += (size_t)(end - line) + 1;
    }
    mn_buf_add_str(seen, id);
    mn_buf_add_byte(seen, '\n');
    return n;
}

/* An id stands alone between quotes: {"id":"item_..."}. */
int mn_snapshot_mask(struct mn_str record, struct mn_buf *out)
{
    const char *p = record.p, *end = record.p + record.n;
    struct mn_buf seen = {0};
    int err;

    while (p < end && seen.err == 0) {
        const char *quote = memchr(p, '"', (size_t)(end - p));
        size_t n;

        if (quote == NULL)
            break;
        mn_buf_add(out, p, (size_t)(quote + 1 - p));
        p = quote + 1;
        n = id_length(p, end);
        if (n == 0 || p + n == end || p[n] != '"')
            continue;
        mn_buf_addf(out, "%.*s_#%d", (int)((const char *)memchr(p, '_', n) - p), p,
                    number_of(&seen, (struct mn_str){p, n}));
        p += n;
    }
    mn_buf_add(out, p, (size_t)(end - p));
    err = seen.err != 0 ? seen.err : out->err;
    mn_buf_free(&seen);
    return err;
}

static struct mn_str take_line(struct mn_str *text)
{
    const char *end = text->n > 0 ? memchr(text->p, '\n', text->n) : NULL;
    struct mn_str line = {text->p, end != NULL ? (size_t)(end - text->p) : text->n};
    size_t n = end != NULL ? line.n + 1 : line.n;

    text->p += n;
    text->n -= n;
    return line;
}

/* What differs may stand at the end of a long line: it is shown from shortly before. */
static void add_line(struct mn_buf *why, const char *label, struct mn_str line, size_t from)
{
    size_t skipped = from < line.n ? from : line.n;

    line.p += skipped;
    line.n -= skipped;
    mn_buf_addf(why, "\n  %s %s%.*s", label, skipped > 0 ? "..." : "",
                (int)(line.n < SHOWN_MAX ? line.n : SHOWN_MAX), line.n > 0 ? line.p : "");
}

static int compare(struct mn_str kept, struct mn_str now, const char *path, struct mn_buf *why)
{
    for (int line = 1; kept.n > 0 || now.n > 0; line++) {
        struct mn_str was = take_line(&kept), is = take_line(&now);
        size_t same = 0;

        if (mn_str_same(was, is))
            continue;
        while (same < was.n && same < is.n && was.p[same] == is.p[same])
            same++;
        same = same > 40 ? same - 40 : 0;
        mn_buf_addf(why, "the record differs from %s, first in line %d:", path, line);
        add_line(why, "kept", was, same);
        add_line(why, "now ", is, same);
        return MN_ECONFIG;
    }
    return 0;
}

int mn_snapshot_check(const char *file, const char *name, struct mn_str record, bool update,
                      struct mn_buf *why)
{
    const char *slash = strrchr(file, '/');
    struct mn_buf dir = {0}, path = {0}, now = {0}, kept = {0};
    int err;

    mn_buf_addf(&dir, "%.*ssnapshots", slash != NULL ? (int)(slash + 1 - file) : 0, file);
    err = dir.err != 0 ? dir.err : mn_keep_path(&path, dir.p, file, name, "record");
    if (err == 0)
        err = mn_snapshot_mask(record, &now);
    if (err == 0 && update)
        err = mn_keep_dir(dir.p);
    if (err == 0 && update)
        err = mn_keep_file(path.p, mn_buf_str(&now));
    else if (err == 0)
        err = mn_file_read(&kept, path.p, FILE_MAX);
    if (err == -ENOENT)
        err = MN_EABSENT;
    if (err == MN_EABSENT)
        mn_buf_addf(why, "there is no %s yet: --update writes it", path.p);
    else if (err != 0)
        mn_buf_addf(why, "%s: %s", path.n > 0 ? path.p : dir.p, mn_strerror(err));
    else if (!update)
        err = compare(mn_buf_str(&kept), mn_buf_str(&now), path.p, why);
    mn_buf_free(&dir);
    mn_buf_free(&path);
    mn_buf_free(&now);
    mn_buf_free(&kept);
    return err;
}
