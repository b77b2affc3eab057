/* session_retry.c - the pause before a failed response is asked for once more (R6).
 *
 * A server that limits its callers says when to come back, in one of two places: in the words of
 * the error ("Please try again in 6.2s."), or in the last rate_limits.updated, as the seconds until
 * a limit with nothing remaining is whole again. */
#include "core/session_parts.h"

static const struct {
    const char *name;
    double ms;
} units[] = {{"ms", 1}, {"s", 1000}, {"m", 60000}, {"h", 3600000}};

static bool is_digit(char c)
{
    return c >= '0' && c <= '9';
}

/* Takes a number with a decimal part off text. */
static double take_number(struct mn_str *text)
{
    double value = 0, place = 1;
    bool fraction = false;

    for (; text->n > 0 && (is_digit(*text->p) || (*text->p == '.' && !fraction)); text->p++) {
        text->n--;
        if (*text->p == '.') {
            fraction = true;
            continue;
        }
        value = value * 10 + (*text->p - '0');
        place *= fraction ? 10 : 1;
    }
    return value / place;
}

/* Takes "350ms", "6.2s" or "1m2.5s" off text, in ms; 0 when none stands there. */
static double take_length(struct mn_str *text)
{
    double ms = 0;

    while (text->n > 0 && is_digit(*text->p)) {
        double value = take_number(text), unit = 0;

        for (size_t i = 0; i < sizeof(units) / sizeof(units[0]) && unit == 0; i++) {
            if (!mn_str_starts(*text, mn_str(units[i].name)))
                continue;
            unit = units[i].ms;
            text->p += strlen(units[i].name);
            text->n -= strlen(units[i].name);
        }
        if (unit == 0)
            return 0;
        ms += value * unit;
    }
    return ms;
}

static int64_t bounded(double ms)
{
    if (!(ms > 0))
        return 0;
    return ms < MN_RETRY_MAX_MS ? (int64_t)ms : MN_RETRY_MAX_MS;
}

/* What the words of an error ask for, in ms; 0 when they do not say. */
static int64_t asked_for(struct mn_str message)
{
    static const struct mn_str lead = {"try again in ", sizeof("try again in ") - 1};

    for (; message.n > lead.n; message.p++, message.n--) {
        if (!mn_str_starts(message, lead))
            continue;
        message.p += lead.n;
        message.n -= lead.n;
        return bounded(take_length(&message));
    }
    return 0;
}

void mn_retry_limits(struct mn_session *s, const struct mn_event *ev)
{
    const struct mn_json *limits = mn_json_get(ev->body, "rate_limits");

    s->retry.reset_ms = 0;
    for (const struct mn_json *l = mn_json_first(limits); l != NULL; l = mn_json_next(l)) {
        int64_t at_ms = s->now_ms + bounded(mn_json_num(l, "reset_seconds", 0) * 1000);

        if (mn_json_num(l, "remaining", 1) <= 0 && at_ms > s->retry.reset_ms)
            s->retry.reset_ms = at_ms;
    }
}

void mn_retry_pause(struct mn_session *s, const struct mn_json *error)
{
    int64_t hint_ms = asked_for(mn_json_str(error, "message"));

    if (hint_ms == 0 && s->retry.reset_ms > s->now_ms)
        hint_ms = s->retry.reset_ms - s->now_ms;
    s->retry.at_ms = s->now_ms + (hint_ms > MN_RETRY_MS ? hint_ms : MN_RETRY_MS);
}
