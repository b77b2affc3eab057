/* keyring.c - a worker's keys, and what of them its log must hide. */
#include "call/worker_parts.h"

#include <errno.h>
#include <stdio.h>
#include <stdlib.h>

/* The log's own, then ours; NULL-ended. */
static const char **list_secrets(const struct mn_worker *w, const struct mn_keys *keys)
{
    const char *const *first = w->own_secrets;
    const char **list;
    size_t n = 0;

    while (first != NULL && first[n] != NULL)
        n++;
    list = calloc(n + (size_t)keys->n + 1, sizeof(*list));
    for (size_t i = 0; list != NULL && i < n; i++)
        list[i] = first[i];
    for (int i = 0; list != NULL && i < keys->n; i++) {
        if (keys->list[i].text != NULL)
            list[n++] = keys->list[i].text;
    }
    return list;
}

void mn_keyring_free(struct mn_keyring *ring)
{
    mn_keys_free(&ring->keys);
    free(ring->secrets);
    ring->secrets = NULL;
}

int mn_worker_prepare_keys(const struct mn_worker *w, int fd, struct mn_keyring *out,
                           struct mn_buf *why)
{
    char path[32];
    int err;

    snprintf(path, sizeof(path), "/proc/self/fd/%d", fd);
    *out = (struct mn_keyring){0};
    err = mn_keys_load(&out->keys, w->settings, fd >= 0 ? path : NULL, why);
    if (err != 0)
        return err;
    out->secrets = list_secrets(w, &out->keys);
    if (out->secrets == NULL) {
        mn_keyring_free(out);
        return -ENOMEM;
    }
    return 0;
}

void mn_worker_take_keys(struct mn_worker *w, struct mn_keyring *ring)
{
    if (ring->secrets == NULL)
        return;
    mn_worker_drop_keys(w);
    w->keys = ring->keys;
    w->secrets = ring->secrets;
    w->log->secrets = ring->secrets;
    *ring = (struct mn_keyring){0};
}

/* From the disk, or those its master has read. */
int mn_worker_read_keys(struct mn_worker *w, struct mn_buf *why)
{
    struct mn_keyring fresh;
    int err = mn_worker_prepare_keys(w, w->under != NULL ? w->under->it.keys : -1, &fresh, why);

    mn_worker_take_keys(w, &fresh);
    return err;
}

void mn_worker_drop_keys(struct mn_worker *w)
{
    w->log->secrets = w->own_secrets;
    free(w->secrets);
    w->secrets = NULL;
    mn_keys_free(&w->keys);
}
