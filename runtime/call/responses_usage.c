/* responses_usage.c - reads "total_tokens" out of an answer that is passed on, whole or as events.
 *
 * Inside a string of JSON its quotes would be escaped, so what a model says is never taken for it.
 * What a client has echoed could be: so the most of all counts. */
#include "call/responses.h"

static const char name[] = "\"total_tokens\":";

static void take(struct mn_usage_scan *s, char c)
{
    if (s->in_number) {
        if (c >= '0' && c <= '9' && s->number < INT64_MAX / 20) {
            s->number = s->number * 10 + (c - '0');
            s->most = s->number > s->most ? s->number : s->most;
            return;
        }
        if (c == ' ' && s->number == 0)
            return;
        s->in_number = false;
    }
    s->matched = c == name[s->matched] ? s->matched + 1 : c == name[0];
    if (s->matched == sizeof(name) - 1) {
        s->matched = 0;
        s->in_number = true;
        s->number = 0;
    }
}

void mn_usage_scan(struct mn_usage_scan *s, struct mn_str bytes)
{
    for (size_t i = 0; i < bytes.n; i++)
        take(s, bytes.p[i]);
}
