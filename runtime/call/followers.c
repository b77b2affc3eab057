/* followers.c - streams of events and lines to operators (followers.h). */
#include "call/followers.h"

#include "call/gather.h"
#include "call/measure.h"
#include "call/worker_parts.h"

#include "base/err.h"

#include <errno.h>
#include <stdio.h>
#include <stdlib.h>

#define PULSE_MS 15000 /* under the patience of proxies */

enum kind { EVENTS, LINES };

struct follower {
    struct mn_list place;
    struct mn_worker *worker;
    struct mn_exchange *x;
    enum kind kind;
    char call[MN_ID_MAX]; /* ""; all */
    uint64_t lost;
    uint64_t next; /* LINES: the first line it was not told */
    bool inside;   /* it is another worker, which gathers */
    bool told_all; /* inside: that its tail was told */
    bool stays;
    struct mn_gather
        *gather; /* of the other workers; NULL: there are none, or they are not meant */
};

struct line {
    struct mn_list place;
    uint64_t number;
    int64_t at_ms;  /* Unix */
    bool of_master; /* each worker has it */
    size_t n;
    char call[MN_ID_MAX];
    char text[];
};

static void forget(struct follower *f)
{
    mn_list_remove(&f->place);
    f->worker->followers.n -= !f->inside;
    mn_gather_free(f->gather);
    free(f);
}

static void on_gone(void *owner, struct mn_exchange *x)
{
    (void)x;
    forget(owner);
}

static void end(struct follower *f)
{
    mn_exchange_stream_end(f->x);
    forget(f);
}

/* --- writing --- */

/* data is one line. */
static int write_event(struct follower *f, const char *event, struct mn_str data)
{
    struct mn_buf out = {0};
    int err;

    if (event != NULL)
        mn_buf_addf(&out, "event: %s\n", event);
    mn_buf_add_text(&out, "data: ");
    mn_buf_add_str(&out, data);
    mn_buf_add_text(&out, "\n\n");
    err = out.err != 0 ? out.err : mn_exchange_stream_write(f->x, mn_buf_str(&out));
    mn_buf_free(&out);
    return err;
}

static void count_lost(struct follower *f, uint64_t n)
{
    int what = f->kind == EVENTS ? MN_DROPPED_EVENTS : MN_DROPPED_LINES;

    f->lost += n;
    mn_metric_add(mn_metrics_worker(f->worker->world.metrics), MN_M_DROPPED + what, (int64_t)n);
}

static bool tell_lost(struct follower *f)
{
    struct mn_buf data = {0};
    bool told;

    if (f->lost == 0)
        return true;
    mn_buf_addf(&data, "{\"lost\":%llu}", (unsigned long long)f->lost);
    told = write_event(f, "lost", mn_buf_str(&data)) == 0;
    mn_buf_free(&data);
    if (told)
        f->lost = 0;
    return told;
}

static void tell_event(struct follower *f, const char *event, struct mn_str data)
{
    if (!tell_lost(f) || write_event(f, event, data) != 0)
        count_lost(f, 1);
}

static bool wants(const struct follower *f, const char *call)
{
    return f->call[0] == '\0' || (call != NULL && strcmp(f->call, call) == 0);
}

static bool wants_line(const struct follower *f, const struct line *line)
{
    return wants(f, line->call) && !(f->inside && line->of_master);
}

static int write_line(struct follower *f, const struct line *line)
{
    struct mn_buf out = {0};
    int err;

    if (f->inside)
        mn_buf_addf(&out, "id: %lld\n", (long long)line->at_ms);
    mn_buf_addf(&out, "data: %.*s\n\n", (int)line->n, line->text);
    err = out.err != 0 ? out.err : mn_exchange_stream_write(f->x, mn_buf_str(&out));
    mn_buf_free(&out);
    return err;
}

/* Tells of the kept lines from the first that f was not told, as far as it takes them. */
static void tell_lines(struct follower *f)
{
    struct mn_list *lines = &f->worker->followers.lines;

    for (struct mn_list *l = lines->next; l != lines; l = l->next) {
        struct line *line = mn_container_of(l, struct line, place);

        if (line->number < f->next)
            continue;
        if (line->number > f->next)
            count_lost(f, line->number - f->next);
        f->next = line->number;
        if (!tell_lost(f) || (wants_line(f, line) && write_line(f, line) != 0))
            return;
        f->next++;
    }
    if (f->inside && !f->told_all)
        f->told_all = write_event(f, "caught_up", MN_STR("{}")) == 0;
}

static void on_drained(void *owner, struct mn_exchange *x)
{
    struct follower *f = owner;

    (void)x;
    if (f->gather != NULL && f->kind == LINES)
        mn_gather_drained(f->gather); /* it may be over */
    else if (f->kind == LINES)
        tell_lines(f);
    else
        (void)tell_lost(f);
}

static void on_pulse(struct mn_timer *timer)
{
    struct mn_worker *w = mn_container_of(timer, struct mn_worker, followers.pulse);

    for (struct mn_list *l = w->followers.list.next; l != &w->followers.list; l = l->next)
        (void)mn_exchange_stream_write(mn_container_of(l, struct follower, place)->x,
                                       MN_STR(":\n\n")); /* what waits keeps it open as well */
    if (!mn_list_empty(&w->followers.list))
        (void)mn_timer_start(w->world.clock, timer, PULSE_MS, on_pulse); /* it has its place */
}

/* --- beginning --- */

/* NULL when x has been answered. */
static struct follower *add(struct mn_worker *w, struct mn_exchange *x, enum kind kind)
{
    static const struct mn_header fresh = {MN_STR("Cache-Control"), MN_STR("no-store")};
    const struct mn_reply head = {
        .status = 200, .type = "text/event-stream", .headers = &fresh, .nheaders = 1};
    bool inside = mn_owner_is_inside(w, x);
    struct follower *f;
    int err;

    if (!inside && w->followers.n >= w->settings->followers) {
        mn_exchange_refuse(x, 429, "rate_limit_error", "too_many_followers",
                           "As many streams are open as may be (--followers). Close one.");
        return NULL;
    }
    f = calloc(1, sizeof(*f));
    err = f != NULL ? mn_exchange_stream_begin(x, &head) : -ENOMEM;
    if (err != 0) {
        free(f);
        if (err != MN_ECLOSED)
            mn_exchange_refuse(x, 500, NULL, NULL, "Out of memory.");
        return NULL;
    }
    *f = (struct follower){.worker = w, .x = x, .kind = kind, .inside = inside};
    if (mn_list_empty(&w->followers.list))
        (void)mn_timer_start(w->world.clock, &w->followers.pulse, PULSE_MS, on_pulse);
    mn_list_append(&w->followers.list, &f->place);
    mn_exchange_on_gone(x, on_gone, f);
    mn_exchange_stream_on_drained(x, on_drained, f);
    w->followers.n += !inside;
    return f;
}

/* --- what other workers tell it --- */

static int pass_on(void *follower, struct mn_str block)
{
    struct follower *f = follower;

    return tell_lost(f) ? mn_exchange_stream_write(f->x, block) : MN_EFULL;
}

static void on_lost(void *follower, uint64_t n)
{
    count_lost(follower, n);
}

static void on_caught_up(void *follower)
{
    struct follower *f = follower;

    if (f->kind == LINES && !f->stays)
        end(f);
}

/* Without memory it follows this worker alone. */
static void gather(struct follower *f, const char *path, int64_t tail)
{
    const struct mn_gather_settings settings = {.path = path,
                                                .lines = f->kind == LINES,
                                                .tail = tail,
                                                .write = pass_on,
                                                .lost = on_lost,
                                                .caught_up = on_caught_up,
                                                .owner = f};

    if (f->worker->under != NULL && !f->inside)
        (void)mn_gather_begin(&f->gather, f->worker, &settings);
}

void mn_followers_add_events(struct mn_worker *w, struct mn_exchange *x, const struct mn_call *call,
                             struct mn_str first)
{
    struct follower *f = add(w, x, EVENTS);

    if (f == NULL)
        return;
    if (call != NULL)
        mn_id_copy(f->call, mn_str(mn_call_id(call)));
    else
        gather(f, "/v1/myna/events", 0);
    if (first.n > 0)
        tell_event(f, "call", first);
}

/* The number of the first of the last `tail` lines that f wants. */
static uint64_t first_of(const struct follower *f, int64_t tail)
{
    struct mn_followers *all = &f->worker->followers;
    uint64_t first = all->written;

    for (struct mn_list *l = all->lines.prev; l != &all->lines && tail > 0; l = l->prev) {
        struct line *line = mn_container_of(l, struct line, place);

        first = line->number;
        tail -= wants_line(f, line);
    }
    return first;
}

/* This worker's own that it was not told. */
static void gather_lines(struct follower *f, bool old)
{
    struct mn_list *lines = &f->worker->followers.lines;

    for (struct mn_list *l = lines->next; l != lines; l = l->next) {
        const struct line *line = mn_container_of(l, struct line, place);

        if (line->number >= f->next && wants_line(f, line))
            mn_gather_line(f->gather, line->at_ms, (struct mn_str){line->text, line->n}, old);
    }
    f->next = f->worker->followers.written;
}

void mn_followers_add_lines(struct mn_worker *w, struct mn_exchange *x,
                            const struct mn_follow_lines *wanted)
{
    struct follower *f = add(w, x, LINES);
    char path[64 + MN_ID_MAX];

    if (f == NULL)
        return;
    mn_id_copy(f->call, wanted->call);
    f->stays = wanted->stay;
    f->next = first_of(f, wanted->tail);
    snprintf(path, sizeof(path), "/v1/myna/logs?follow=true%s%s",
             f->call[0] != '\0' ? "&call=" : "", f->call);
    gather(f, path, wanted->tail);
    if (f->gather != NULL) {
        gather_lines(f, true);
        return;
    }
    tell_lines(f);
    if (!wanted->stay)
        end(f);
}

/* --- what happens --- */

void mn_followers_note(struct mn_worker *w, struct mn_call *call, enum mn_note note,
                       struct mn_str text)
{
    struct mn_buf data = {0};

    if (mn_list_empty(&w->followers.list) || text.n < 2)
        return;
    mn_buf_addf(&data, "{\"call\":\"%s\"%s", mn_call_id(call), text.n > 2 ? "," : "");
    mn_buf_add(&data, text.p + 1, text.n - 1); /* the note is an object: its members follow ours */
    for (struct mn_list *l = w->followers.list.next; l != &w->followers.list; l = l->next) {
        struct follower *f = mn_container_of(l, struct follower, place);

        if (f->kind == EVENTS && wants(f, mn_call_id(call)) && data.err == 0)
            tell_event(f, mn_note_name(note), mn_buf_str(&data));
    }
    mn_buf_free(&data);
}

static void end_those(struct mn_worker *w, const char *call)
{
    struct mn_list *next;

    for (struct mn_list *l = w->followers.list.next; l != &w->followers.list; l = next) {
        struct follower *f = mn_container_of(l, struct follower, place);

        next = l->next;
        if (call == NULL || (f->kind == EVENTS && strcmp(f->call, call) == 0))
            end(f);
    }
}

void mn_followers_ended(struct mn_worker *w, struct mn_call *call)
{
    end_those(w, mn_call_id(call));
}

void mn_followers_end(struct mn_worker *w)
{
    end_those(w, NULL);
}

/* --- lines of the log --- */

static void drop_line(struct mn_followers *all)
{
    struct line *line = mn_container_of(all->lines.next, struct line, place);

    all->bytes -= line->n;
    mn_list_remove(&line->place);
    free(line);
}

/* NULL without memory: it has been written. */
static struct line *keep_line(struct mn_worker *w, const char *call, const char *text, size_t n)
{
    struct mn_followers *all = &w->followers;
    struct line *line = malloc(sizeof(*line) + n);

    if (line == NULL)
        return NULL;
    line->number = all->written++;
    line->at_ms = w->log->clock != NULL ? mn_clock_wall(w->log->clock) : 0;
    line->of_master = false;
    line->n = n;
    mn_id_copy(line->call, mn_str(call != NULL ? call : ""));
    memcpy(line->text, text, n);
    mn_list_append(&all->lines, &line->place);
    all->bytes += n;
    return line;
}

/* Not while it is told of: it may hold more than is kept. */
static void drop_oldest(struct mn_worker *w)
{
    struct mn_followers *all = &w->followers;

    while (all->bytes > (size_t)w->settings->log_kept && !mn_list_empty(&all->lines))
        drop_line(all);
}

/* A line written meanwhile waits for the next. */
static void tell_all(struct mn_worker *w)
{
    if (w->followers.telling)
        return;
    w->followers.telling = true;
    for (struct mn_list *l = w->followers.list.next; l != &w->followers.list; l = l->next) {
        struct follower *f = mn_container_of(l, struct follower, place);

        if (f->kind != LINES)
            continue;
        if (f->gather == NULL)
            tell_lines(f);
        else
            gather_lines(f, false);
    }
    w->followers.telling = false;
    drop_oldest(w);
}

static void on_line(struct mn_log *log, const char *call, const char *text, size_t n)
{
    struct mn_worker *w = log->also_owner;

    if (keep_line(w, call, text, n - 1) != NULL)
        tell_all(w);
}

void mn_followers_master_line(struct mn_worker *w, struct mn_str text)
{
    struct line *line = keep_line(w, NULL, text.p, text.n);

    if (line == NULL)
        return;
    line->of_master = true;
    tell_all(w);
}

void mn_followers_open(struct mn_worker *w)
{
    mn_list_init(&w->followers.list);
    mn_list_init(&w->followers.lines);
    w->log->also = on_line;
    w->log->also_owner = w;
}

void mn_followers_close(struct mn_worker *w)
{
    mn_followers_end(w);
    mn_timer_stop(&w->followers.pulse);
    w->log->also = NULL;
    while (!mn_list_empty(&w->followers.lines))
        drop_line(&w->followers);
}
