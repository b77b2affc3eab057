/* test_lines.c - lines from pipes and files: whole, cut at the bound, paused, and closed from
 * anywhere. */
#include "wire.h"

#include "io/lines.h"

#include <fcntl.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#define LONGEST (64 * 1024)

struct reader {
    struct wire wire;
    struct mn_lines *lines;
    int fds[2];
    char heard[100];
    size_t longest;
    int64_t at_ms; /* what the clock said at the newest line */
    int nlines, ends, close_after;
};

static void close_lines(struct reader *r)
{
    mn_lines_close(r->lines);
    r->lines = NULL;
}

static void on_line(void *owner, struct mn_str line)
{
    struct reader *r = owner;

    r->nlines++;
    r->at_ms = mn_clock_now(mn_loop_clock(r->wire.loop));
    r->longest = line.n > r->longest ? line.n : r->longest;
    if (strlen(r->heard) + line.n + 2 < sizeof(r->heard)) {
        strncat(r->heard, line.p, line.n);
        strcat(r->heard, "|");
    }
    if (r->nlines == r->close_after)
        close_lines(r);
}

static void on_end(void *owner)
{
    ((struct reader *)owner)->ends++;
}

static void open_fd(struct reader *r, int fd)
{
    assert_int_equal(mn_lines_open(&r->lines, r->wire.loop, fd, on_line, on_end, r), 0);
}

static void open_pipe(struct reader *r)
{
    *r = (struct reader){0};
    wire_open(&r->wire);
    assert_int_equal(pipe2(r->fds, O_CLOEXEC), 0);
    open_fd(r, r->fds[0]);
}

/* A file cannot be polled: it is read in turns. */
static void open_file(struct reader *r, const char *text)
{
    char path[] = "/tmp/myna-lines-XXXXXX";

    *r = (struct reader){.fds = {-1, -1}};
    wire_open(&r->wire);
    r->fds[0] = mkstemp(path);
    assert_true(r->fds[0] >= 0);
    unlink(path);
    assert_int_equal(write(r->fds[0], text, strlen(text)), (ssize_t)strlen(text));
    assert_int_equal(lseek(r->fds[0], 0, SEEK_SET), 0);
    open_fd(r, r->fds[0]);
}

static void say(struct reader *r, const char *text)
{
    assert_int_equal(write(r->fds[1], text, strlen(text)), (ssize_t)strlen(text));
}

static void hang_up(struct reader *r)
{
    if (r->fds[1] >= 0)
        close(r->fds[1]);
    r->fds[1] = -1;
}

static void close_reader(struct reader *r)
{
    mn_lines_close(r->lines);
    hang_up(r);
    close(r->fds[0]);
    wire_close(&r->wire);
}

TEST(lines_of_a_pipe_come_whole_and_then_its_end)
{
    struct reader r;

    open_pipe(&r);
    say(&r, "one\ntw");
    UNTIL(&r.wire, r.nlines == 1);
    say(&r, "o\n\nthree");
    hang_up(&r);
    UNTIL(&r.wire, r.ends == 1);
    assert_string_equal(r.heard, "one|two||three|");
    close_reader(&r);
}

TEST(lines_of_a_file_come_whole_and_then_its_end)
{
    struct reader r;

    open_file(&r, "one\ntwo\nthree");
    UNTIL(&r.wire, r.ends == 1);
    assert_string_equal(r.heard, "one|two|three|");
    close_reader(&r);
}

TEST(a_line_over_the_bound_is_cut_there)
{
    static char text[LONGEST + LONGEST / 2 + 2];
    struct reader r;

    memset(text, 'x', sizeof(text) - 1);
    text[1] = text[sizeof(text) - 2] = '\n';
    open_file(&r, text);
    UNTIL(&r.wire, r.ends == 1);
    assert_int_equal(r.nlines, 3);
    assert_int_equal(r.longest, LONGEST);
    close_reader(&r);
}

TEST(a_paused_pipe_hands_out_nothing_until_it_goes_on)
{
    struct reader r;

    open_pipe(&r);
    mn_lines_pause(r.lines);
    say(&r, "one\n");
    wire_pass(&r.wire, 20);
    assert_int_equal(r.nlines, 0);
    mn_lines_resume(r.lines);
    UNTIL(&r.wire, r.nlines == 1);
    close_reader(&r);
}

TEST(lines_may_be_closed_from_a_line_of_a_pipe)
{
    struct reader r;

    open_pipe(&r);
    r.close_after = 1;
    say(&r, "one\ntwo\n");
    UNTIL(&r.wire, r.nlines == 1);
    wire_pass(&r.wire, 20);
    assert_string_equal(r.heard, "one|");
    close_reader(&r);
}

TEST(lines_may_be_closed_from_a_line_of_a_file)
{
    struct reader r;

    open_file(&r, "one\ntwo\n");
    r.close_after = 1;
    UNTIL(&r.wire, r.nlines == 1);
    wire_pass(&r.wire, 20);
    assert_string_equal(r.heard, "one|");
    assert_int_equal(r.ends, 0);
    close_reader(&r);
}

TEST(a_line_comes_with_a_clock_that_was_read)
{
    struct reader r;
    int64_t said_ms;

    open_pipe(&r);
    wire_turn(&r.wire);
    mn_timer_stop(&r.wire.tick);
    usleep(10 * 1000); /* the loop's clock stands still meanwhile */
    said_ms = mn_clock_now(mn_loop_clock(r.wire.loop));
    say(&r, "one\n");
    UNTIL(&r.wire, r.nlines == 1);
    assert_true(r.at_ms >= said_ms + 10);
    close_reader(&r);
}
