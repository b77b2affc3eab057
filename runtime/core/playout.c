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

/* In whole ms: one that is begun is not over. */
static int64_t ms_up(const struct mn_playout *p, int64_t samples)
{
    return samples > 0 ? (samples + p->samples_per_ms - 1) / p->samples_per_ms
                       : samples / p->samples_per_ms;
}

static int64_t end_of(const struct mn_playout *p)
{
    return p->run_began_ms + ms_up(p, p->run_samples);
}

int64_t mn_playout_end(const struct mn_playout *p)
{
    return p->open || (p->paused && end_of(p) > p->stands_ms) ? INT64_MAX : end_of(p);
}

/* The time of playback. */
static int64_t plays_at(const struct mn_playout *p, int64_t now_ms)
{
    return p->paused && p->stands_ms < now_ms ? p->stands_ms : now_ms;
}

int64_t mn_playout_unheard(const struct mn_playout *p, int64_t now_ms)
{
    int64_t left = end_of(p) - plays_at(p, now_ms);

    if (p->open)
        return 1;
    return p->run_samples > 0 && left > 0 ? left : 0;
}

static bool is_item(const struct mn_played *item, struct mn_str item_id, int content_index)
{
    return item->content_index == content_index && mn_id_is(item->item_id, item_id);
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
    p->stands_ms = now_ms; /* while paused none of it is heard */
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

void mn_playout_pause(struct mn_playout *p, int64_t to_ms)
{
    p->paused = true;
    p->stands_ms = to_ms;
}

int64_t mn_playout_resume(struct mn_playout *p, int64_t now_ms)
{
    int64_t late_ms = now_ms - plays_at(p, now_ms);

    p->paused = false;
    p->run_began_ms += late_ms;
    return late_ms;
}

/* The items behind it are unheard, and so is its own rest. */
bool mn_playout_report(struct mn_playout *p, struct mn_str item_id, int content_index,
                       int64_t heard_ms, int64_t now_ms)
{
    int64_t unheard = 0;
    int i = p->n - 1;

    for (; i >= 0 && !is_item(&p->items[i], item_id, content_index); i--)
        unheard += p->items[i].samples;
    if (i < 0)
        return false;
    if (heard_ms < p->items[i].samples / p->samples_per_ms)
        unheard += p->items[i].samples - heard_ms * p->samples_per_ms;
    p->run_began_ms = plays_at(p, now_ms) - ms_up(p, p->run_samples - unheard);
    return true;
}

void mn_playout_open(struct mn_playout *p)
{
    p->open = true;
}

void mn_playout_shut(struct mn_playout *p, int64_t now_ms)
{
    if (p->open)
        p->run_began_ms = now_ms;
    p->open = false;
}

int mn_playout_cut(struct mn_playout *p, int64_t now_ms, struct mn_cut out[MN_PLAYOUT_ITEMS])
{
    int64_t unheard = p->run_samples - (plays_at(p, now_ms) - p->run_began_ms) * p->samples_per_ms;
    int first = p->n, count = 0;

    mn_playout_shut(p, now_ms);
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
    p->paused = false;
    return count;
}
