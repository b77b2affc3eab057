/* master_ask.c - what operators ask of the master through a worker: reload, rollback, drain.
 *
 * DESIGN  Each is answered once, when its outcome is known: at once when nothing can come of it,
 * with why when it failed, else when every worker has done it. Who asks for a reload while one is
 * under way is answered with the outcome of the next, since files may have changed after the first
 * was read. */
#include "call/master_parts.h"

static void answer(struct mn_berth *berth, int word, int64_t ticket, struct mn_str text)
{
    const struct mn_message m = {.type = word, .number = ticket, .text = text, .fd = -1};

    if (berth->channel != NULL)
        (void)mn_channel_send(berth->channel, &m); /* one that hangs is killed by and by */
}

static bool add(struct mn_berth *berth, int64_t ticket, enum mn_asker_waits waits)
{
    struct mn_master *m = berth->master;

    if (m->naskers == MN_ASKERS || m->leaving > 0 || m->handed_over) {
        answer(berth, MN_WORD_BUSY, ticket, MN_STR(""));
        return false;
    }
    m->askers[m->naskers++] = (struct mn_asker){.berth = berth, .ticket = ticket, .waits = waits};
    return true;
}

/* Answers all who wait for that, of a beat up to this one, and forgets them. */
static void answer_all(struct mn_master *m, enum mn_asker_waits waits, int word, struct mn_str why)
{
    int left = 0;

    for (int i = 0; i < m->naskers; i++) {
        const struct mn_asker *a = &m->askers[i];

        if (a->waits == waits && (waits != MN_FOR_BEATS || mn_beat_is_heard(m, a->beat)))
            answer(a->berth, word, a->ticket, why);
        else
            m->askers[left++] = *a;
    }
    m->naskers = left;
}

void mn_asks_begin(struct mn_master *m)
{
    for (int i = 0; i < m->naskers; i++) {
        if (m->askers[i].waits == MN_FOR_NEXT)
            m->askers[i].waits = MN_FOR_NOW;
    }
}

void mn_asks_settle(struct mn_master *m)
{
    int64_t beat = 0;

    for (int i = 0; i < m->naskers; i++) {
        if (m->askers[i].waits != MN_FOR_NOW)
            continue;
        if (beat == 0)
            beat = mn_beat(m);
        m->askers[i].waits = MN_FOR_BEATS;
        m->askers[i].beat = beat;
    }
    mn_asks_heard(m);
}

void mn_asks_fail(struct mn_master *m, struct mn_str why)
{
    answer_all(m, MN_FOR_NOW, MN_WORD_FAILED, why);
}

void mn_asks_heard(struct mn_master *m)
{
    if (m->naskers > 0)
        answer_all(m, MN_FOR_BEATS, MN_WORD_DONE, MN_STR(""));
}

void mn_asks_forget(struct mn_berth *berth)
{
    struct mn_master *m = berth->master;
    int left = 0;

    for (int i = 0; i < m->naskers; i++) {
        if (m->askers[i].berth != berth)
            m->askers[left++] = m->askers[i];
    }
    m->naskers = left;
    mn_asks_heard(m); /* nobody waits for it any longer */
}

/* --- the orders --- */

static void reload(struct mn_berth *berth, int64_t ticket)
{
    struct mn_master *m = berth->master;

    if (add(berth, ticket, m->pending.snapshot >= 0 ? MN_FOR_NEXT : MN_FOR_NOW))
        mn_master_reload(m, false);
}

static void roll_back(struct mn_berth *berth, int64_t ticket)
{
    struct mn_master *m = berth->master;

    if (m->pending.snapshot >= 0)
        answer(berth, MN_WORD_BUSY, ticket, MN_STR(""));
    else if (m->before_snapshot < 0)
        answer(berth, MN_WORD_NOTHING, ticket, MN_STR(""));
    else if (add(berth, ticket, MN_FOR_NOW))
        mn_master_rollback(m);
}

/* Not with mn_asks_settle: a reload may be under way. */
static void drain(struct mn_berth *berth, int64_t ticket, bool on)
{
    struct mn_master *m = berth->master;

    if (!add(berth, ticket, MN_FOR_BEATS))
        return;
    m->draining = on;
    mn_master_tell(m, MN_WORD_DRAIN, on);
    m->askers[m->naskers - 1].beat = mn_beat(m);
}

void mn_ask(struct mn_berth *berth, int word, int64_t ticket)
{
    if (word == MN_WORD_WANT_RELOAD)
        reload(berth, ticket);
    else if (word == MN_WORD_WANT_ROLLBACK)
        roll_back(berth, ticket);
    else
        drain(berth, ticket, word == MN_WORD_WANT_DRAIN);
}
