/* http_kept.h - answers kept in memory: by key, bounded in bytes and number; the one that was not
 * used for longest goes first. */
#ifndef MN_IO_HTTP_KEPT_H
#define MN_IO_HTTP_KEPT_H

#include "base/buf.h"
#include "base/http.h"
#include "base/list.h"

enum { MN_KEPT_BUCKETS = 1024 };

/* One answer. Whoever holds it may read it, also when it is not kept any more. */
struct mn_kept {
    struct mn_list node;   /* among all, the one used last at the end */
    struct mn_list bucket; /* among those whose keys fall together */
    int holds;             /* one is the store's */
    uint64_t hash;
    struct mn_buf key, text, body; /* text: names and values of the headers */
    int64_t at_ms;                 /* when it came */
    int status, nheaders;
    struct mn_header *headers; /* into text */
};

struct mn_kept_store {
    struct mn_list all, buckets[MN_KEPT_BUCKETS];
    size_t bytes, bytes_max;
    int n, max;
};

void mn_kept_open(struct mn_kept_store *s, size_t bytes_max, int max);
void mn_kept_close(struct mn_kept_store *s);

uint64_t mn_kept_hash(struct mn_str key);

/* NULL when there is none. It counts as used. */
struct mn_kept *mn_kept_find(struct mn_kept_store *s, struct mn_str key, uint64_t hash);

/* Keeps a copy in place of an older one, or nothing when it is larger than all may be together or
 * there is no memory. */
void mn_kept_add(struct mn_kept_store *s, struct mn_str key, uint64_t hash,
                 const struct mn_http_answer *answer, int64_t now_ms);

struct mn_http_answer mn_kept_answer(const struct mn_kept *k);
void mn_kept_drop(struct mn_kept *k); /* one hold less */

#endif
