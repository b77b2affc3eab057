/* http_kept.c - the store behind http_kept.h. */
#include "io/http_kept.h"

#include <stdlib.h>
#include <string.h>

void mn_kept_open(struct mn_kept_store *s, size_t bytes_max, int max)
{
    int i;

    memset(s, 0, sizeof(*s));
    s->bytes_max = bytes_max;
    s->max = max;
    mn_list_init(&s->all);
    for (i = 0; i < MN_KEPT_BUCKETS; i++)
        mn_list_init(&s->buckets[i]);
}

/* FNV-1a. */
uint64_t mn_kept_hash(struct mn_str key)
{
    uint64_t hash = 14695981039346656037u;
    size_t i;

    for (i = 0; i < key.n; i++)
        hash = (hash ^ (unsigned char)key.p[i]) * 1099511628211u;
    return hash;
}

static size_t size_of(const struct mn_kept *k)
{
    return sizeof(*k) + k->key.n + k->text.n + k->body.n +
           (size_t)k->nheaders * sizeof(*k->headers);
}

void mn_kept_drop(struct mn_kept *k)
{
    if (--k->holds > 0)
        return;
    mn_buf_free(&k->key);
    mn_buf_free(&k->text);
    mn_buf_free(&k->body);
    free(k->headers);
    free(k);
}

static void put_out(struct mn_kept_store *s, struct mn_kept *k)
{
    s->n--;
    s->bytes -= size_of(k);
    mn_list_remove(&k->node);
    mn_list_remove(&k->bucket);
    mn_kept_drop(k);
}

void mn_kept_close(struct mn_kept_store *s)
{
    while (!mn_list_empty(&s->all))
        put_out(s, mn_container_of(s->all.next, struct mn_kept, node));
}

struct mn_kept *mn_kept_find(struct mn_kept_store *s, struct mn_str key, uint64_t hash)
{
    struct mn_list *bucket = &s->buckets[hash % MN_KEPT_BUCKETS], *at;

    for (at = bucket->next; at != bucket; at = at->next) {
        struct mn_kept *k = mn_container_of(at, struct mn_kept, bucket);

        if (k->hash != hash || !mn_str_same(mn_buf_str(&k->key), key))
            continue;
        mn_list_remove(&k->node);
        mn_list_append(&s->all, &k->node);
        return k;
    }
    return NULL;
}

/* Headers are copied into text first: it must not move once they point into it. */
static bool copy_headers(struct mn_kept *k, const struct mn_http_answer *answer)
{
    size_t n = 0;
    int i;

    for (i = 0; i < answer->nheaders; i++) {
        mn_buf_add_str(&k->text, answer->headers[i].name);
        mn_buf_add_str(&k->text, answer->headers[i].value);
    }
    k->headers = calloc((size_t)answer->nheaders + 1, sizeof(*k->headers));
    if (k->headers == NULL || k->text.err != 0)
        return false;
    for (i = 0; i < answer->nheaders; i++) {
        k->headers[i].name = (struct mn_str){k->text.p + n, answer->headers[i].name.n};
        n += answer->headers[i].name.n;
        k->headers[i].value = (struct mn_str){k->text.p + n, answer->headers[i].value.n};
        n += answer->headers[i].value.n;
    }
    k->nheaders = answer->nheaders;
    return true;
}

static struct mn_kept *copy(struct mn_str key, const struct mn_http_answer *answer)
{
    struct mn_kept *k = calloc(1, sizeof(*k));

    if (k == NULL)
        return NULL;
    k->holds = 1;
    mn_list_init(&k->node);
    mn_list_init(&k->bucket);
    k->status = answer->status;
    if (mn_buf_add_str(&k->key, key) == 0 && mn_buf_add_str(&k->body, answer->body) == 0 &&
        copy_headers(k, answer))
        return k;
    mn_kept_drop(k);
    return NULL;
}

void mn_kept_add(struct mn_kept_store *s, struct mn_str key, uint64_t hash,
                 const struct mn_http_answer *answer, int64_t now_ms)
{
    struct mn_kept *old = mn_kept_find(s, key, hash), *k;

    if (old != NULL)
        put_out(s, old);
    k = copy(key, answer);
    if (k == NULL)
        return;
    if (size_of(k) > s->bytes_max) {
        mn_kept_drop(k);
        return;
    }
    while (s->n >= s->max || s->bytes + size_of(k) > s->bytes_max)
        put_out(s, mn_container_of(s->all.next, struct mn_kept, node));
    k->hash = hash;
    k->at_ms = now_ms;
    s->n++;
    s->bytes += size_of(k);
    mn_list_append(&s->all, &k->node);
    mn_list_append(&s->buckets[hash % MN_KEPT_BUCKETS], &k->bucket);
}

struct mn_http_answer mn_kept_answer(const struct mn_kept *k)
{
    return (struct mn_http_answer){.status = k->status,
                                   .headers = k->headers,
                                   .nheaders = k->nheaders,
                                   .body = mn_buf_str(&k->body)};
}
