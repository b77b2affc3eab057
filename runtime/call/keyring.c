/* keyring.c - a worker's keys, and what of them its log must hide. */
#include "call/worker_parts.h"

#include <errno.h>
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

int mn_worker_read_keys(struct mn_worker *w, struct mn_buf *why)
{
    struct mn_keys fresh;
    const char **secrets;
    int err = mn_keys_load(&fresh, w->settings, why);

    if (err != 0)
        return err;
    secrets = list_secrets(w, &fresh);
    if (secrets == NULL) {
        mn_keys_free(&fresh);
        return -ENOMEM;
    }
    mn_worker_drop_keys(w);
    w->keys = fresh;
    w->secrets = secrets;
    w->log->secrets = secrets;
    return 0;
}

void mn_worker_drop_keys(struct mn_worker *w)
{
    w->log->secrets = w->own_secrets;
    free(w->secrets);
    w->secrets = NULL;
    mn_keys_free(&w->keys);
}
