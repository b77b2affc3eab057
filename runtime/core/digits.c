/* digits.c - keys the caller presses, behind digits.h (R38).
 *
 * WHY HERE  Digits are codes and card numbers. While a script collects them no event, note or item
 * is made of them: they leave by the effect that the script waits for, and by nothing else. */
#include "core/session_parts.h"

#include "base/err.h"

/* Who types a number takes his time; past this pause the model is told of what came. */
#define TELL_AFTER_MS 1500

#define TOLD "The caller pressed these keys of the telephone: "

static void finish(struct mn_session *s, enum mn_awaited how)
{
    struct mn_digits *d = &s->digits;

    mn_fx_awaited(s, d->ticket, how, (struct mn_str){d->keys, (size_t)d->n});
    *d = (struct mn_digits){.ticket = 0};
}

int mn_digits_collect(struct mn_session *s, uint32_t ticket, const struct mn_collect *how)
{
    if (s->digits.ticket != 0)
        return MN_EPROTOCOL;
    s->digits = (struct mn_digits){.ticket = ticket, .how = *how, .since_ms = s->now_ms};
    return 0;
}

void mn_digits_forget(struct mn_session *s, uint32_t ticket)
{
    if (s->digits.ticket == ticket)
        s->digits = (struct mn_digits){.ticket = 0};
}

void mn_digits_ended(struct mn_session *s)
{
    if (s->digits.ticket != 0)
        finish(s, MN_AWAITED_OVER);
}

static void collect(struct mn_session *s, char key)
{
    struct mn_digits *d = &s->digits;

    d->since_ms = s->now_ms;
    if (key == d->how.finish) {
        finish(s, MN_AWAITED_FINISHED);
        return;
    }
    d->keys[d->n++] = key;
    if (d->n == d->how.max)
        finish(s, MN_AWAITED_DONE);
}

/* A key says that they have heard enough of what is being said. */
static void hush(struct mn_session *s)
{
    if (mn_playout_unheard(&s->playout, s->now_ms) > 0 && !mn_turns_shielded(s))
        mn_cut_off(s);
}

void mn_digits_pressed(struct mn_session *s, struct mn_str key)
{
    struct mn_digits *d = &s->digits;
    struct mn_writer w;

    if (key.n != 1 || s->hanging_up)
        return;
    mn_idle_reset(s);
    if (d->ticket != 0) {
        hush(s);
        collect(s, key.p[0]);
        return;
    }
    if (mn_fx_note(s, &w, MN_NOTE_DTMF)) {
        mn_write_str(&w, "digit", key);
        mn_fx_done(s, &w);
    }
    if (!s->app->tells_digits || d->n == MN_DIGITS_MAX)
        return;
    hush(s);
    d->keys[d->n++] = key.p[0];
    d->since_ms = s->now_ms;
}

/* The keys pressed in one go are one message, and are answered. */
static void tell(struct mn_session *s)
{
    struct mn_buf text = {0};

    mn_buf_addf(&text, TOLD "%.*s", s->digits.n, s->digits.keys);
    s->digits = (struct mn_digits){.ticket = 0};
    if (text.err != 0) {
        s->err = text.err;
    } else if (mn_fx_send_system(s, NULL, mn_buf_str(&text))) {
        mn_session_new_turn(s);
        mn_session_ask(s, mn_request_new(true, (struct mn_str){0}));
    }
    mn_buf_free(&text);
}

void mn_digits_time(struct mn_session *s)
{
    if (s->now_ms < mn_digits_deadline(s))
        return;
    if (s->digits.ticket != 0)
        finish(s, MN_AWAITED_TIMEOUT);
    else
        tell(s);
}

int64_t mn_digits_deadline(const struct mn_session *s)
{
    const struct mn_digits *d = &s->digits;
    int64_t quiet_ms, from_ms = d->since_ms;

    if (d->ticket == 0)
        return d->n > 0 && mn_legs_ready(&s->legs) ? from_ms + TELL_AFTER_MS : INT64_MAX;
    quiet_ms = mn_session_quiet_from(s);
    if (quiet_ms == INT64_MAX)
        return INT64_MAX;
    from_ms = quiet_ms > from_ms ? quiet_ms : from_ms;
    return from_ms + d->how.timeout_ms;
}
