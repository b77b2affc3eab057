/* dialled.c - the link under test behind dialled.h. Loopback and real time. */
#include "test.h"

#include "dialled.h"

#include "base/err.h"

#include <stdlib.h>
#include <string.h>

static void drop_line(struct mn_log *log, const char *line, size_t n)
{
    (void)log, (void)line, (void)n;
}

static void on_open(struct mn_link *link)
{
    struct dialled *f = link->owner;

    mn_buf_add_text(&f->diary, "open|");
    if (f->say != NULL)
        assert_int_equal(mn_link_send(link, mn_str(f->say)), 0);
}

static void on_message(struct mn_link *link, struct mn_str text)
{
    struct dialled *f = link->owner;

    f->received += text.n;
    if (text.n < 100)
        mn_buf_addf(&f->diary, "%.*s|", MN_FMT(text));
    if (f->close_on != NULL && mn_str_is(text, f->close_on))
        mn_link_close(link, 1000, MN_STR("bye"));
}

static void on_close(struct mn_link *link, int code, struct mn_str reason, int err)
{
    struct dialled *f = link->owner;

    f->closes++;
    f->code = code;
    f->err = err;
    mn_buf_addf(&f->diary, "close %d %.*s|", code, MN_FMT(reason));
    assert_int_equal(mn_link_send(link, MN_STR("late")), MN_ECLOSED);
    mn_loop_stop(f->loop);
}

static void on_drained(struct mn_link *link)
{
    ((struct dialled *)link->owner)->drained++;
}

const struct mn_link_events dialled_events = {
    .on_open = on_open, .on_message = on_message, .on_close = on_close, .on_drained = on_drained};

static void on_too_long(struct mn_timer *t)
{
    struct dialled *f = mn_container_of(t, struct dialled, guard);

    fail_msg("nothing more happened after: %s", f->diary.p != NULL ? f->diary.p : "");
}

struct dialled *prepare(void)
{
    struct dialled *f = calloc(1, sizeof(*f));

    f->log = (struct mn_log){.level = MN_LOG_OFF, .write = drop_line};
    assert_int_equal(mn_loop_open(&f->loop, &f->log), 0);
    f->settings = mn_ws_client_defaults;
    mn_timer_start(mn_loop_clock(f->loop), &f->guard, 20 * 1000, on_too_long);
    f->peer.owner = f;
    return f;
}

void start(struct dialled *f)
{
    ws_peer_open(&f->peer, f->loop);
    f->settings.url = f->peer.url;
    if (f->peer.tls && f->settings.ca_file == NULL)
        f->settings.ca_file = f->peer.ca_file;
    assert_int_equal(mn_ws_client_open(&f->link, f->loop, &f->settings, &dialled_events, f), 0);
    assert_int_equal(mn_link_send(f->link, MN_STR("early")), MN_ECLOSED);
}

void run(struct dialled *f)
{
    start(f);
    mn_loop_run(f->loop);
}

void finish(struct dialled *f, const char *diary, int err)
{
    assert_string_equal(f->diary.p, diary);
    assert_int_equal(f->err, err);
    ws_peer_close(&f->peer);
    mn_loop_close(f->loop);
    assert_int_equal(f->closes, 1);
    ws_peer_free(&f->peer);
    mn_buf_free(&f->diary);
    free(f);
}
