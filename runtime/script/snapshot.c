/* snapshot.c - a list of what was read, behind snapshot.h.
 *
 * Written, it is a row of records, each of four slices behind their lengths and the error. Apps
 * have tens of files, so finding is a walk. It is read by another process of the same machine, of
 * the same binary, and still bound by bound. */
#include "script/snapshot.h"

#include "base/err.h"
#include "base/list.h"

#include <errno.h>
#include <stdlib.h>

#define MAGIC "mynasnap1"

struct record {
    struct mn_list link;
    int32_t err;
    struct mn_str name, bytes, words; /* in the snapshot's bytes, or in own */
    char own[];
};

struct mn_snapshot {
    struct mn_list records;
    bool replays;
};

static struct record *add(struct mn_snapshot *s, int err, size_t own_bytes)
{
    struct record *r = calloc(1, sizeof(*r) + own_bytes);

    if (r == NULL)
        return NULL;
    r->err = err;
    mn_list_init(&r->link);
    mn_list_append(&s->records, &r->link);
    return r;
}

int mn_snapshot_record(struct mn_snapshot **out)
{
    *out = calloc(1, sizeof(**out));
    if (*out == NULL)
        return -ENOMEM;
    mn_list_init(&(*out)->records);
    return 0;
}

bool mn_snapshot_replays(const struct mn_snapshot *s)
{
    return s != NULL && s->replays;
}

void mn_snapshot_close(struct mn_snapshot *s)
{
    if (s == NULL)
        return;
    while (!mn_list_empty(&s->records)) {
        struct record *r = mn_container_of(s->records.next, struct record, link);

        mn_list_remove(&r->link);
        free(r);
    }
    free(s);
}

static int name_of(struct mn_buf *out, const char *what, const char *root, const char *path)
{
    mn_buf_addf(out, "%s %s/%s", what, root != NULL ? root : "", path);
    return out->err;
}

static const struct record *find(const struct mn_snapshot *s, struct mn_str name)
{
    for (const struct mn_list *at = s->records.next; at != &s->records; at = at->next) {
        const struct record *r = mn_container_of(at, struct record, link);

        if (mn_str_same(r->name, name))
            return r;
    }
    return NULL;
}

static struct mn_str copy(char **to, struct mn_str from)
{
    struct mn_str it = {*to, from.n};

    if (from.n > 0)
        memcpy(*to, from.p, from.n);
    *to += from.n;
    return it;
}

int mn_snapshot_put(struct mn_snapshot *s, const char *what, const char *root, const char *path,
                    int err, struct mn_str bytes, struct mn_str words)
{
    struct mn_buf name = {0};
    struct record *r = NULL;
    char *to;

    if (name_of(&name, what, root, path) == 0 && find(s, mn_buf_str(&name)) != NULL) {
        mn_buf_free(&name);
        return 0;
    }
    if (name.err == 0)
        r = add(s, err, name.n + bytes.n + words.n);
    if (r != NULL) {
        to = r->own;
        r->name = copy(&to, mn_buf_str(&name));
        r->bytes = copy(&to, bytes);
        r->words = copy(&to, words);
    }
    mn_buf_free(&name);
    return r != NULL ? 0 : -ENOMEM;
}

int mn_snapshot_get(const struct mn_snapshot *s, const char *what, const char *root,
                    const char *path, struct mn_buf *bytes, struct mn_buf *words)
{
    struct mn_buf name = {0};
    const struct record *r = NULL;

    if (name_of(&name, what, root, path) == 0)
        r = find(s, mn_buf_str(&name));
    if (r == NULL)
        mn_buf_addf(words, "%s was not there when the apps were read", path);
    mn_buf_free(&name);
    if (r == NULL)
        return MN_EABSENT;
    mn_buf_add_str(bytes, r->bytes);
    mn_buf_add_str(words, r->words);
    return bytes->err != 0 ? bytes->err : r->err;
}

/* --- as bytes --- */

static void write_slice(struct mn_buf *out, struct mn_str s)
{
    const uint64_t n = s.n;

    mn_buf_add(out, &n, sizeof(n));
    mn_buf_add_str(out, s);
}

int mn_snapshot_write(const struct mn_snapshot *s, struct mn_buf *out)
{
    mn_buf_add_text(out, MAGIC);
    for (const struct mn_list *at = s->records.next; at != &s->records; at = at->next) {
        const struct record *r = mn_container_of(at, struct record, link);

        mn_buf_add(out, &r->err, sizeof(r->err));
        write_slice(out, r->name);
        write_slice(out, r->bytes);
        write_slice(out, r->words);
    }
    return out->err;
}

static bool take(struct mn_str *rest, void *out, size_t n)
{
    if (rest->n < n)
        return false;
    memcpy(out, rest->p, n);
    rest->p += n;
    rest->n -= n;
    return true;
}

static bool take_slice(struct mn_str *rest, struct mn_str *out)
{
    uint64_t n;

    if (!take(rest, &n, sizeof(n)) || n > rest->n)
        return false;
    *out = (struct mn_str){rest->p, (size_t)n};
    rest->p += n;
    rest->n -= (size_t)n;
    return true;
}

static int read_record(struct mn_snapshot *s, struct mn_str *rest)
{
    struct record *r = add(s, 0, 0);

    if (r == NULL)
        return -ENOMEM;
    return take(rest, &r->err, sizeof(r->err)) && take_slice(rest, &r->name) &&
                   take_slice(rest, &r->bytes) && take_slice(rest, &r->words)
               ? 0
               : MN_EPROTOCOL;
}

int mn_snapshot_replay(struct mn_snapshot **out, struct mn_str bytes)
{
    int err = mn_snapshot_record(out);

    if (err != 0)
        return err;
    (*out)->replays = true;
    if (!mn_str_starts(bytes, MN_STR(MAGIC)))
        err = MN_EPROTOCOL;
    bytes.p += strlen(MAGIC);
    bytes.n -= err == 0 ? strlen(MAGIC) : 0;
    while (err == 0 && bytes.n > 0)
        err = read_record(*out, &bytes);
    if (err != 0) {
        mn_snapshot_close(*out);
        *out = NULL;
    }
    return err;
}
