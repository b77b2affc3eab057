/* pacing.c - the queues and the tick behind pacing.h. */
#include "call/pacing.h"

#include "base/err.h"

#include <errno.h>
#include <stddef.h>
#include <stdlib.h>

struct frame {
    struct mn_list link;
    bool audio, recording;
    uint32_t held;         /* its number until it is released; 0: it is not held */
    int64_t release_at_ms; /* audio; held: its offset */
    size_t n;
    _Alignas(max_align_t) char bytes[];
};

static struct frame *first(struct mn_list *frames)
{
    return mn_list_empty(frames) ? NULL : mn_container_of(frames->next, struct frame, link);
}

static void take_out(struct mn_pacing_queue *q, struct frame *f)
{
    mn_list_remove(&f->link);
    q->bytes -= f->n;
}

static void forget(struct mn_pacing_queue *q, struct frame *f)
{
    take_out(q, f);
    free(f);
}

/* Out of the queue first: whoever takes it may find the caller too slow and drop all the rest. */
static void let_go(struct mn_pacing_queue *q, struct frame *f)
{
    take_out(q, f);
    q->release(q->owner, (struct mn_str){f->bytes, f->n});
    free(f);
}

/* Out of the queue meanwhile, and not back in it when all was dropped: whoever hears it may. */
static void draw(struct mn_pacing_queue *q, struct frame *f)
{
    unsigned drops = q->drops;
    int64_t ms;

    take_out(q, f);
    ms = q->draw(q->owner, f->bytes);
    if (ms <= 0 || q->drops != drops) {
        free(f);
        return;
    }
    f->release_at_ms += ms;
    mn_list_append(q->frames.next, &f->link); /* before the first */
    q->bytes += f->n;
}

static void release_due(struct mn_pacing_queue *q)
{
    int64_t now_ms = mn_clock_now(q->pacing->clock);
    struct frame *f;

    while ((f = first(&q->frames)) != NULL && f->held == 0 &&
           (!f->audio || (!q->paused && f->release_at_ms <= now_ms))) {
        if (f->recording)
            draw(q, f);
        else
            let_go(q, f);
    }
    if (f == NULL || f->held != 0 || q->paused)
        mn_list_remove(&q->link); /* no tick changes anything */
}

static void on_tick(struct mn_timer *t)
{
    struct mn_pacing *p = mn_container_of(t, struct mn_pacing, tick);
    struct mn_list now; /* release may change the list */

    mn_list_take(&p->waiting, &now);
    while (!mn_list_empty(&now)) {
        struct mn_pacing_queue *q = mn_container_of(now.next, struct mn_pacing_queue, link);

        mn_list_remove(&q->link);
        mn_list_append(&p->waiting, &q->link);
        release_due(q);
    }
    if (!mn_list_empty(&p->waiting))
        mn_timer_start(p->clock, &p->tick, MN_TICK_MS, on_tick);
}

void mn_pacing_open(struct mn_pacing *p, struct mn_clock *clock)
{
    *p = (struct mn_pacing){.clock = clock};
    mn_list_init(&p->waiting);
}

void mn_pacing_close(struct mn_pacing *p)
{
    mn_timer_stop(&p->tick);
}

void mn_pacing_queue_open(struct mn_pacing_queue *q, struct mn_pacing *p, size_t limit_bytes,
                          mn_release_fn *release, void *owner)
{
    *q = (struct mn_pacing_queue){
        .pacing = p, .limit_bytes = limit_bytes, .release = release, .owner = owner};
    mn_list_init(&q->link);
    mn_list_init(&q->frames);
}

void mn_pacing_queue_close(struct mn_pacing_queue *q)
{
    while (first(&q->frames) != NULL)
        forget(q, first(&q->frames));
    mn_list_remove(&q->link);
}

static int tick_for(struct mn_pacing_queue *q)
{
    struct mn_pacing *p = q->pacing;

    if (q->paused)
        return 0;
    mn_list_remove(&q->link);
    mn_list_append(&p->waiting, &q->link);
    return mn_timer_running(&p->tick) ? 0 : mn_timer_start(p->clock, &p->tick, MN_TICK_MS, on_tick);
}

static struct frame *last(struct mn_pacing_queue *q)
{
    return mn_container_of(q->frames.prev, struct frame, link);
}

static int keep(struct mn_pacing_queue *q, struct mn_str bytes, bool audio, uint32_t held,
                int64_t release_at_ms)
{
    struct frame *f;

    if (q->bytes > 0 && q->bytes + bytes.n > q->limit_bytes)
        return MN_EFULL;
    f = malloc(sizeof(*f) + bytes.n);
    if (f == NULL)
        return -ENOMEM;
    *f = (struct frame){.audio = audio, .held = held, .release_at_ms = release_at_ms, .n = bytes.n};
    memcpy(f->bytes, bytes.p, bytes.n);
    mn_list_append(&q->frames, &f->link);
    q->bytes += f->n;
    return first(&q->frames)->held != 0 ? 0 : tick_for(q);
}

int mn_pacing_audio(struct mn_pacing_queue *q, struct mn_str frame, int64_t release_at_ms)
{
    if (q->paused || !mn_list_empty(&q->frames) || release_at_ms > mn_clock_now(q->pacing->clock))
        return keep(q, frame, true, 0, release_at_ms);
    q->release(q->owner, frame);
    return 0;
}

int mn_pacing_recording(struct mn_pacing_queue *q, const void *recording, size_t n,
                        int64_t release_at_ms)
{
    int err = keep(q, (struct mn_str){recording, n}, true, 0, release_at_ms);

    if (err != 0)
        return err;
    last(q)->recording = true;
    release_due(q);
    return 0;
}

int mn_pacing_event(struct mn_pacing_queue *q, struct mn_str event)
{
    if (!mn_list_empty(&q->frames))
        return keep(q, event, false, 0, 0);
    q->release(q->owner, event);
    return 0;
}

int mn_pacing_hold(struct mn_pacing_queue *q, struct mn_str bytes, uint32_t held, bool audio,
                   int64_t offset_ms)
{
    return keep(q, bytes, audio, held, offset_ms);
}

int mn_pacing_let_go(struct mn_pacing_queue *q, uint32_t held, int64_t at_ms)
{
    for (struct mn_list *l = q->frames.next; l != &q->frames; l = l->next) {
        struct frame *f = mn_container_of(l, struct frame, link);

        if (f->held == 0 || (int32_t)(f->held - held) > 0)
            continue;
        f->held = 0;
        f->release_at_ms += at_ms;
    }
    release_due(q);
    return mn_list_empty(&q->frames) || first(&q->frames)->held != 0 ? 0 : tick_for(q);
}

int64_t mn_pacing_pause(struct mn_pacing_queue *q)
{
    release_due(q);
    q->paused = true;
    mn_list_remove(&q->link);
    for (struct mn_list *l = q->frames.next; l != &q->frames; l = l->next) {
        struct frame *f = mn_container_of(l, struct frame, link);

        if (f->audio)
            return f->held == 0 ? f->release_at_ms : INT64_MAX;
    }
    return INT64_MAX;
}

int mn_pacing_resume(struct mn_pacing_queue *q, int64_t late_ms)
{
    q->paused = false;
    for (struct mn_list *l = q->frames.next; l != &q->frames; l = l->next) {
        struct frame *f = mn_container_of(l, struct frame, link);

        if (f->held == 0)
            f->release_at_ms += late_ms;
    }
    release_due(q);
    return mn_list_empty(&q->frames) || first(&q->frames)->held != 0 ? 0 : tick_for(q);
}

void mn_pacing_drop(struct mn_pacing_queue *q)
{
    struct frame *f;

    q->paused = false;
    q->drops++;
    while ((f = first(&q->frames)) != NULL) {
        if (f->audio || f->held != 0)
            forget(q, f);
        else
            let_go(q, f);
    }
    mn_list_remove(&q->link);
}
