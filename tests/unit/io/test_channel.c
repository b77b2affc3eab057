/* test_channel.c - words and descriptors between two processes, and the end of one. */
#include "base/err.h"
#include "io/channel.h"
#include "test.h"

#include <fcntl.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

static struct mn_log log_ = {.level = MN_LOG_OFF};

struct ends {
    struct mn_loop *loop;
    struct mn_channel *a, *b;
    int heard, gone, fd;
    struct mn_message last;
    char text[64];
};

static void on_message(void *owner, const struct mn_message *m)
{
    struct ends *e = owner;

    e->heard++;
    e->last = *m;
    e->fd = m->fd;
    if (m->text.n < sizeof(e->text)) {
        memcpy(e->text, m->text.p, m->text.n);
        e->text[m->text.n] = '\0';
    }
}

static void on_gone(void *owner)
{
    ((struct ends *)owner)->gone++;
}

static const struct mn_channel_events events = {on_message, on_gone};

static void open_ends(struct ends *e)
{
    int fds[2];

    *e = (struct ends){.fd = -1};
    assert_int_equal(mn_loop_open(&e->loop, &log_), 0);
    assert_int_equal(mn_channel_pair(fds), 0);
    assert_int_equal(mn_channel_open(&e->a, e->loop, fds[0], &events, e), 0);
    assert_int_equal(mn_channel_open(&e->b, e->loop, fds[1], &events, e), 0);
}

static void hear(struct ends *e, int n)
{
    while (e->heard < n && e->gone == 0)
        mn_loop_turn(e->loop);
}

TEST(messages_stay_apart_and_in_order)
{
    struct ends e;

    open_ends(&e);
    for (int i = 1; i <= 3; i++)
        assert_int_equal(
            mn_channel_send(e.a, &(struct mn_message){.type = i, .number = -i, .fd = -1}), 0);
    assert_int_equal(
        mn_channel_send(
            e.a,
            &(struct mn_message){.type = 4, .number = INT64_MAX, .text = MN_STR("why"), .fd = -1}),
        0);
    hear(&e, 3);
    assert_int_equal(e.last.type, 3);
    assert_int_equal(e.last.number, -3);
    hear(&e, 4);
    assert_true(e.last.number == INT64_MAX);
    assert_string_equal(e.text, "why");
    mn_loop_close(e.loop); /* the ends are its guests */
}

TEST(a_descriptor_arrives_and_does_not_outlive_an_exec)
{
    struct ends e;
    int fds[2];
    char byte = 0;

    open_ends(&e);
    assert_int_equal(pipe(fds), 0);
    assert_int_equal(mn_channel_send(e.b, &(struct mn_message){.type = 1, .fd = fds[1]}), 0);
    close(fds[1]);
    hear(&e, 1);
    assert_true(e.fd >= 0);
    assert_true((fcntl(e.fd, F_GETFD) & FD_CLOEXEC) != 0);
    assert_int_equal(write(e.fd, "x", 1), 1);
    assert_int_equal(read(fds[0], &byte, 1), 1);
    assert_int_equal(byte, 'x');
    close(e.fd);
    close(fds[0]);
    mn_channel_close(e.a);
    mn_channel_close(e.b);
    mn_loop_close(e.loop);
}

TEST(a_text_past_the_bound_is_cut)
{
    struct ends e;
    char *text = calloc(1, MN_CHANNEL_TEXT + 1);

    open_ends(&e);
    assert_non_null(text);
    assert_int_equal(
        mn_channel_send(
            e.a, &(struct mn_message){.type = 1, .text = {text, MN_CHANNEL_TEXT + 1}, .fd = -1}),
        0);
    hear(&e, 1);
    assert_int_equal(e.last.text.n, MN_CHANNEL_TEXT);
    free(text);
    mn_loop_close(e.loop);
}

TEST(the_end_of_the_other_side_is_told_once)
{
    struct ends e;

    open_ends(&e);
    mn_channel_close(e.b);
    hear(&e, 1);
    assert_int_equal(e.gone, 1);
    assert_int_equal(mn_channel_send(e.a, &(struct mn_message){.type = 1, .fd = -1}), MN_ECLOSED);
    mn_channel_close(e.a);
    mn_loop_close(e.loop);
}

TEST(one_who_does_not_read_is_full_and_nobody_waits_for_it)
{
    struct ends e;
    int err = 0, n = 0;

    open_ends(&e);
    for (; err == 0 && n < 100000; n++)
        err = mn_channel_send(e.a, &(struct mn_message){.type = 1, .fd = -1});
    assert_int_equal(err, MN_EFULL);
    mn_loop_close(e.loop);
}
