/* shared.c - the dictionaries behind shared.h.
 *
 * DESIGN  Each is a hash table whose entries also stand in a list, the one written longest ago
 * first: that is who goes when room is needed. What expires has a timer on the clock, so nothing is
 * ever searched for what is too old. */
#include "store/shared.h"

#include "base/err.h"
#include "base/json_write.h"
#include "base/list.h"

#include <errno.h>
#include <inttypes.h>
#include <math.h>
#include <stdlib.h>

#define BUCKETS_MAX 65536

struct dictionary {
    struct mn_list place; /* in the dictionaries */
    struct mn_shared *shared;
    struct mn_list entries; /* by the time they were written */
    int n;
    size_t bytes;
    struct entry **buckets;
    size_t nbuckets; /* a power of two */
    struct mn_str app;
    char name[]; /* what app lies in */
};

struct entry {
    struct mn_list place;
    struct entry *next; /* in its bucket */
    struct dictionary *dictionary;
    struct mn_timer expiry;
    size_t nkey, nvalue;
    char *value; /* owned */
    char key[];
};

struct mn_shared {
    struct mn_clock *clock;
    struct mn_shared_limits limits;
    struct mn_list dictionaries;
};

const struct mn_shared_limits mn_shared_defaults = {.entries = 10000, .bytes = 8 << 20};

int mn_shared_open(struct mn_shared **out, struct mn_clock *clock,
                   const struct mn_shared_limits *limits)
{
    struct mn_shared *s = calloc(1, sizeof(*s));

    *out = s;
    if (s == NULL)
        return -ENOMEM;
    s->clock = clock;
    s->limits = *limits;
    mn_list_init(&s->dictionaries);
    return 0;
}

/* --- one dictionary --- */

static uint64_t hash(struct mn_str key) /* FNV-1a */
{
    uint64_t h = 0xcbf29ce484222325;

    for (size_t i = 0; i < key.n; i++)
        h = (h ^ (unsigned char)key.p[i]) * 0x100000001b3;
    return h ^ h >> 32;
}

static struct entry **bucket_of(struct dictionary *d, struct mn_str key)
{
    return &d->buckets[hash(key) & (d->nbuckets - 1)];
}

static struct mn_str key_of(const struct entry *e)
{
    return (struct mn_str){e->key, e->nkey};
}

static void drop(struct entry *e)
{
    struct dictionary *d = e->dictionary;
    struct entry **at = bucket_of(d, key_of(e));

    while (*at != e)
        at = &(*at)->next;
    *at = e->next;
    mn_timer_stop(&e->expiry);
    mn_list_remove(&e->place);
    d->n--;
    d->bytes -= e->nkey + e->nvalue;
    free(e->value);
    free(e);
}

static void on_expiry(struct mn_timer *timer)
{
    drop(mn_container_of(timer, struct entry, expiry));
}

static struct entry *find(struct dictionary *d, struct mn_str key)
{
    struct entry *e = *bucket_of(d, key);
    const struct mn_clock *clock = d->shared->clock;

    while (e != NULL && !mn_str_same(key_of(e), key))
        e = e->next;
    if (e != NULL && mn_timer_running(&e->expiry) && e->expiry.at_ms <= mn_clock_now(clock)) {
        drop(e); /* its timer is due, and has not had its turn */
        return NULL;
    }
    return e;
}

static struct entry *oldest(const struct dictionary *d)
{
    return mn_container_of(d->entries.next, struct entry, place);
}

static void make_room(struct dictionary *d)
{
    const struct mn_shared_limits *limits = &d->shared->limits;

    while (d->n > limits->entries || d->bytes > limits->bytes)
        drop(oldest(d));
}

static struct entry *add(struct dictionary *d, struct mn_str key)
{
    struct entry **bucket = bucket_of(d, key), *e = malloc(sizeof(*e) + key.n + 1);

    if (e == NULL)
        return NULL;
    *e = (struct entry){.dictionary = d, .next = *bucket, .nkey = key.n};
    memcpy(e->key, key.p, key.n);
    e->key[key.n] = '\0';
    *bucket = e;
    mn_list_init(&e->place);
    d->n++;
    d->bytes += key.n;
    return e;
}

/* Writes an entry, new or not; the one written last is the last to be dropped. */
static int put(struct dictionary *d, struct mn_str key, struct mn_str value, int64_t ttl_ms)
{
    char *copy = malloc(value.n + 1);
    struct entry *e = find(d, key);
    int err = 0;

    if (copy != NULL && e == NULL)
        e = add(d, key);
    if (copy == NULL || e == NULL) {
        free(copy);
        return -ENOMEM;
    }
    memcpy(copy, value.p, value.n);
    free(e->value);
    d->bytes += value.n - e->nvalue;
    e->value = copy;
    e->nvalue = value.n;
    mn_list_remove(&e->place);
    mn_list_append(&d->entries, &e->place);
    mn_timer_stop(&e->expiry);
    if (ttl_ms > 0)
        err = mn_timer_start(d->shared->clock, &e->expiry, ttl_ms, on_expiry);
    if (err != 0)
        drop(e); /* better absent than for ever */
    else
        make_room(d);
    return err;
}

static void free_dictionary(struct dictionary *d)
{
    while (!mn_list_empty(&d->entries))
        drop(oldest(d));
    mn_list_remove(&d->place);
    free(d->buckets);
    free(d);
}

void mn_shared_close(struct mn_shared *s)
{
    if (s == NULL)
        return;
    while (!mn_list_empty(&s->dictionaries))
        free_dictionary(mn_container_of(s->dictionaries.next, struct dictionary, place));
    free(s);
}

/* --- the words --- */

static int do_get(struct dictionary *d, const struct mn_shared_ask *ask, struct mn_buf *out)
{
    const struct entry *e = find(d, ask->key);

    return e != NULL ? mn_buf_add(out, e->value, e->nvalue) : MN_EABSENT;
}

static int do_set(struct dictionary *d, const struct mn_shared_ask *ask, struct mn_buf *out)
{
    (void)out;
    return put(d, ask->key, ask->value, ask->ttl_ms);
}

static int do_add(struct dictionary *d, const struct mn_shared_ask *ask, struct mn_buf *out)
{
    return find(d, ask->key) != NULL ? -EEXIST : do_set(d, ask, out);
}

static int do_remove(struct dictionary *d, const struct mn_shared_ask *ask, struct mn_buf *out)
{
    struct entry *e = find(d, ask->key);

    (void)out;
    if (e == NULL)
        return MN_EABSENT;
    drop(e);
    return 0;
}

/* A JSON number; whole ones are exact. Returns whether it is one, and *is_whole. */
static bool read_number(struct mn_str text, int64_t *whole, double *number, bool *is_whole)
{
    char plain[64], *end;

    if (text.n == 0 || text.n >= sizeof(plain) || strchr("-0123456789", text.p[0]) == NULL)
        return false;
    memcpy(plain, text.p, text.n);
    plain[text.n] = '\0';
    errno = 0;
    *whole = strtoll(plain, &end, 10);
    *is_whole = *end == '\0' && errno == 0;
    *number = strtod(plain, &end);
    return *end == '\0';
}

static int sum(struct mn_str a, struct mn_str b, struct mn_buf *out)
{
    int64_t ai, bi, i;
    double an, bn;
    bool a_whole, b_whole;

    if (!read_number(a, &ai, &an, &a_whole) || !read_number(b, &bi, &bn, &b_whole))
        return MN_EPROTOCOL;
    if (a_whole && b_whole) {
        if (__builtin_add_overflow(ai, bi, &i))
            return MN_ELIMIT;
        return mn_buf_addf(out, "%" PRId64, i);
    }
    if (!isfinite(an + bn))
        return MN_ELIMIT;
    return mn_json_number(out, an + bn);
}

/* Counts from 0; the time of one that is there already goes on. */
static int do_incr(struct dictionary *d, const struct mn_shared_ask *ask, struct mn_buf *out)
{
    const struct entry *e = find(d, ask->key);
    int64_t ttl_ms = ask->ttl_ms;
    int err = sum(e != NULL ? (struct mn_str){e->value, e->nvalue} : MN_STR("0"), ask->value, out);

    if (e != NULL)
        ttl_ms =
            mn_timer_running(&e->expiry) ? e->expiry.at_ms - mn_clock_now(d->shared->clock) : 0;
    return err != 0 ? err : put(d, ask->key, mn_buf_str(out), ttl_ms);
}

static const struct {
    const char *word;
    int (*run)(struct dictionary *d, const struct mn_shared_ask *ask, struct mn_buf *out);
} words[] = {
    {"get", do_get}, {"set", do_set}, {"add", do_add}, {"incr", do_incr}, {"remove", do_remove},
};

static struct dictionary *find_dictionary(const struct mn_shared *s, struct mn_str app)
{
    for (struct mn_list *l = s->dictionaries.next; l != &s->dictionaries; l = l->next) {
        struct dictionary *d = mn_container_of(l, struct dictionary, place);

        if (mn_str_same(d->app, app))
            return d;
    }
    return NULL;
}

static struct dictionary *add_dictionary(struct mn_shared *s, struct mn_str app)
{
    struct dictionary *d = calloc(1, sizeof(*d) + app.n + 1);

    if (d == NULL)
        return NULL;
    d->shared = s;
    d->nbuckets = 16;
    while (d->nbuckets < (size_t)s->limits.entries && d->nbuckets < BUCKETS_MAX)
        d->nbuckets *= 2;
    memcpy(d->name, app.p, app.n);
    d->app = (struct mn_str){d->name, app.n};
    mn_list_init(&d->entries);
    mn_list_append(&s->dictionaries, &d->place);
    d->buckets = calloc(d->nbuckets, sizeof(struct entry *));
    if (d->buckets != NULL)
        return d;
    free_dictionary(d);
    return NULL;
}

int mn_shared_do(struct mn_shared *s, struct mn_str app, const struct mn_shared_ask *ask,
                 struct mn_buf *out)
{
    struct dictionary *d = find_dictionary(s, app);

    if (ask->key.n > MN_SHARED_KEY_BYTES || ask->value.n > MN_SHARED_VALUE_BYTES ||
        ask->key.n + ask->value.n > s->limits.bytes)
        return MN_ELIMIT;
    if (d == NULL)
        d = add_dictionary(s, app);
    if (d == NULL)
        return -ENOMEM;
    for (size_t i = 0; i < sizeof(words) / sizeof(words[0]); i++) {
        if (strcmp(words[i].word, ask->word) == 0)
            return words[i].run(d, ask, out);
    }
    return MN_EABSENT;
}

int mn_shared_entries(const struct mn_shared *s, struct mn_str app)
{
    const struct dictionary *d = find_dictionary(s, app);

    return d != NULL ? d->n : 0;
}
