/* heard.c - waiting until what is being said has been heard, behind heard.h (R39).
 *
 * What is asked for before somebody waits is in line by then, so it has been heard when nobody
 * speaks and nothing is in line. */
#include "core/session_parts.h"

#include "base/err.h"

static void tell_all(struct mn_session *s, enum mn_awaited how)
{
    for (int i = 0; i < s->heard.n; i++)
        mn_fx_awaited(s, s->heard.tickets[i], how, (struct mn_str){0});
    s->heard.n = 0;
}

int mn_heard_wait(struct mn_session *s, uint32_t ticket)
{
    if (s->heard.n == MN_HEARD_MAX)
        return MN_ELIMIT;
    s->heard.tickets[s->heard.n++] = ticket;
    return 0;
}

void mn_heard_forget(struct mn_session *s, uint32_t ticket)
{
    struct mn_heard *h = &s->heard;

    for (int i = 0; i < h->n; i++) {
        if (h->tickets[i] == ticket) {
            h->tickets[i] = h->tickets[--h->n];
            return;
        }
    }
}

void mn_heard_cut(struct mn_session *s)
{
    tell_all(s, MN_AWAITED_CUT);
}

void mn_heard_ended(struct mn_session *s)
{
    tell_all(s, MN_AWAITED_OVER);
}

void mn_heard_time(struct mn_session *s)
{
    if (s->heard.n > 0 && s->now_ms >= mn_heard_deadline(s))
        tell_all(s, MN_AWAITED_DONE);
}

int64_t mn_heard_deadline(const struct mn_session *s)
{
    return s->heard.n > 0 ? mn_session_quiet_from(s) : INT64_MAX;
}
