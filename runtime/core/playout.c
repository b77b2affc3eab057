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
    int64_t up = p->samples_per_ms - 1; /* a millisecond begun is not over */

    return p->run_began_ms + (p->run_samples + up) / p->samples_per_ms;
}

int64_t mn_playout_unheard(const struct mn_playout *p, int64_t now_ms)
{
    int64_t left = mn_playout_end(p) - now_ms;

    return p->run_samples > 0 && left > 0 ? left : 0;
}

static bool is_item(const struct mn_played *item, struct mn_str item_id, int content_index)
{
    return item->content_index == content_index && mn_str_is(item_id, item->item_id);
}

static struct mn_played *item_of(struct mn_playout *p, struct mn_str item_id, int content_index)
{
    struct mn_played *item = p->n > 0 ? &p->items[p->n - 1] : NULL;

    if (item != NULL && is_item(item, item_id, content_index))
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

/* All has been heard: a new run, in which an item that goes on after the gap keeps its length. */
static void begin_run(struct mn_playout *p, int64_t now_ms)
{
    p->run_began_ms = now_ms;
    p->run_samples = 0;
    if (p->n > 1)
        p->items[0] = p->items[p->n - 1];
    p->n = p->n > 0;
}

int64_t mn_playout_add(struct mn_playout *p, struct mn_str item_id, int content_index,
                       int64_t samples, int64_t now_ms)
{
    int64_t due_ms;

    if (mn_playout_unheard(p, now_ms) == 0)
        begin_run(p, now_ms);
    due_ms = p->run_began_ms + p->run_samples / p->samples_per_ms;
    item_of(p, item_id, content_index)->samples += samples;
    p->run_samples += samples;
    return due_ms;
}

int mn_playout_cut(struct mn_playout *p, int64_t now_ms, struct mn_cut out[MN_PLAYOUT_ITEMS])
{
    int64_t unheard = p->run_samples - (now_ms - p->run_began_ms) * p->samples_per_ms;
    int first = p->n, count = 0;

    while (first > 0 && unheard > 0)
        unheard -= p->items[--first].samples; /* below 0: so many of this item were heard */
    for (int i = first; i < p->n; i++) {
        struct mn_cut *cut = &out[count++];

        *cut = (struct mn_cut){.content_index = p->items[i].content_index,
                               .received_ms = p->items[i].samples / p->samples_per_ms};
        memcpy(cut->item_id, p->items[i].item_id, MN_ID_MAX);
        if (i == first && unheard < 0)
            cut->heard_ms = -unheard / p->samples_per_ms;
    }
    p->n = 0;
    p->run_samples = 0;
    return count;
}
