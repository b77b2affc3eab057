/* playout.c - the playhead behind playout.h. */
#include "core/playout.h"

void mn_playout_init(struct mn_playout *p, int samples_per_ms)
{
    *p = (struct mn_playout){.samples_per_ms = samples_per_ms};
}

void mn_playout_format(struct mn_playout *p, int samples_per_ms)
{
    if (p->samples_per_ms != samples_per_ms)
        mn_playout_init(p, samples_per_ms);
}

int64_t mn_playout_end(const struct mn_playout *p)
{
    return p->run_began_ms + p->run_samples / p->samples_per_ms;
}

int64_t mn_playout_unheard(const struct mn_playout *p, int64_t now_ms)
{
    int64_t left = mn_playout_end(p) - now_ms;

    return p->run_samples > 0 && left > 0 ? left : 0;
}

static struct mn_played *item_of(struct mn_playout *p, struct mn_str item_id, int content_index)
{
    struct mn_played *item = p->n > 0 ? &p->items[p->n - 1] : NULL;

    if (item != NULL && item->content_index == content_index && mn_str_is(item_id, item->item_id))
        return item;
    if (p->n == MN_PLAYOUT_ITEMS) {
        memmove(&p->items[0], &p->items[1], sizeof(p->items[0]) * (MN_PLAYOUT_ITEMS - 1));
        p->n--;
    }
    item = &p->items[p->n++];
    *item = (struct mn_played){.content_index = content_index};
    mn_id_copy(item->item_id, item_id);
    return item;
}

int64_t mn_playout_add(struct mn_playout *p, struct mn_str item_id, int content_index,
                       int64_t samples, int64_t now_ms)
{
    int64_t due_ms;

    if (mn_playout_unheard(p, now_ms) == 0) {
        p->run_began_ms = now_ms;
        p->run_samples = 0;
        p->n = 0;
    }
    due_ms = mn_playout_end(p);
    item_of(p, item_id, content_index)->samples += samples;
    p->run_samples += samples;
    return due_ms;
}

int mn_playout_cut(struct mn_playout *p, int64_t now_ms, struct mn_cut out[MN_PLAYOUT_ITEMS])
{
    int64_t unheard_ms = mn_playout_unheard(p, now_ms);
    int first = p->n, count = 0;

    while (first > 0 && unheard_ms > 0) {
        int64_t length_ms = p->items[--first].samples / p->samples_per_ms;

        unheard_ms -= length_ms;
    }
    for (int i = first; i < p->n && mn_playout_unheard(p, now_ms) > 0; i++) {
        struct mn_cut *cut = &out[count++];

        *cut = (struct mn_cut){.content_index = p->items[i].content_index,
                               .received_ms = p->items[i].samples / p->samples_per_ms};
        memcpy(cut->item_id, p->items[i].item_id, MN_ID_MAX);
        cut->heard_ms = i == first && unheard_ms < 0 ? -unheard_ms : 0;
    }
    p->n = 0;
    p->run_samples = 0;
    return count;
}
