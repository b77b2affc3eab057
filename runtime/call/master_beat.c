/* master_beat.c - whether each worker still hears: one whose loop hangs is killed, and replaced.
 *
 * Four beats a --worker-silence. What counts is beats that were not said back, not the time: a
 * machine that slept, or a master that was stopped, blames nobody. */
#include "base/err.h"
#include "call/master_parts.h"

#include <signal.h>
#include <stdio.h>

enum { BEATS = 4 }; /* that are not said back, until it is killed */

/* What the kernel says it does (proc(5)). */
static const char *state_of(pid_t pid)
{
    static const struct {
        char letter;
        const char *words;
    } all[] = {{'R', "running"}, {'S', "sleeping"}, {'D', "waiting for a disk"},
               {'T', "stopped"}, {'t', "traced"},   {'Z', "dead"}};
    char path[32], text[256] = "", *end;
    FILE *f;

    snprintf(path, sizeof(path), "/proc/%d/stat", (int)pid);
    f = fopen(path, "re");
    if (f == NULL)
        return "unknown";
    if (fgets(text, sizeof(text), f) == NULL)
        text[0] = '\0';
    fclose(f);
    end = strrchr(text, ')'); /* of its name */
    for (size_t i = 0; end != NULL && i < sizeof(all) / sizeof(all[0]); i++) {
        if (end[1] == ' ' && end[2] == all[i].letter)
            return all[i].words;
    }
    return "unknown";
}

static void replace(struct mn_berth *berth)
{
    struct mn_master *m = berth->master;

    MN_LOG(m->log, ERROR, NULL, "a worker does not answer; killing it",
           {"worker", .i = berth->number, .is_int = true}, {"pid", .i = berth->pid, .is_int = true},
           {"state", .s = mn_str(state_of(berth->pid))},
           {"calls", .i = atomic_load(&m->page->slots[berth->number].calls), .is_int = true},
           {"after_ms", .i = m->settings->worker_silence, .is_int = true},
           {"hint", .s = MN_STR("its loop hung: running is code that does not end, a disk one "
                                "that does not answer; its calls are lost")});
    kill(berth->pid, SIGKILL);
    berth->silent = 0;
}

static void on_beat(struct mn_timer *timer)
{
    struct mn_master *m = mn_container_of(timer, struct mn_master, beats);

    for (int i = 0; i < m->nberths; i++) {
        struct mn_berth *berth = &m->berths[i];

        if (berth->pid == 0 || !berth->ready)
            continue;
        berth->silent = berth->heard < m->beat ? berth->silent + 1 : 0;
        if (berth->silent >= BEATS)
            replace(berth);
    }
    mn_beat(m);
    (void)mn_beats_begin(m); /* its place is taken already: it cannot fail */
}

int mn_beats_begin(struct mn_master *m)
{
    return mn_timer_start(m->clock, &m->beats, m->settings->worker_silence / BEATS, on_beat);
}

int64_t mn_beat(struct mn_master *m)
{
    m->beat++;
    for (int i = 0; i < m->nberths; i++) {
        if (m->berths[i].ready)
            mn_berth_tell(&m->berths[i], MN_WORD_BEAT, m->beat, -1);
    }
    return m->beat;
}

void mn_beat_heard(struct mn_berth *berth, int64_t beat)
{
    berth->heard = beat;
    mn_asks_heard(berth->master);
}

bool mn_beat_is_heard(const struct mn_master *m, int64_t beat)
{
    for (int i = 0; i < m->nberths; i++) {
        if (m->berths[i].ready && m->berths[i].heard < beat)
            return false;
    }
    return true;
}
