/* test_sounds.c - the recordings of an app: which are read when it loads, and how much may be. */
#include "base/err.h"
#include "script/sounds.h"
#include "test.h"

#include <stdio.h>
#include <stdlib.h>
#include <unistd.h>

static char folder[] = "/tmp/mn_test_sounds_XXXXXX";
static struct mn_root root;

static const char *in_folder(const char *name)
{
    static char path[128];

    snprintf(path, sizeof(path), "%s/%s", folder, name);
    return path;
}

/* Of 8 kHz: 16 bytes a ms behind a header of 44. */
static void wav(const char *name, int ms)
{
    static const char head[] = "RIFF\0\0\0\0WAVEfmt \x10\0\0\0\1\0\1\0\x40\x1f\0\0\x80\x3e\0\0\2\0"
                               "\x10\0data\xff\xff\xff\x7f";
    FILE *f = fopen(in_folder(name), "wb");

    assert_non_null(f);
    fwrite(head, 1, sizeof(head) - 1, f);
    for (int i = 0; i < ms * 16; i++)
        fputc(i & 0x7f, f);
    fclose(f);
}

static void open_folder(struct mn_sounds_kept *s)
{
    static char shown[] = "app/";

    memcpy(folder + strlen(folder) - 6, "XXXXXX", 6);
    assert_non_null(mkdtemp(folder));
    root = (struct mn_root){folder, shown};
    mn_sounds_open(s);
    wav("a.wav", 1000);
    wav("b.wav", 1001);
}

static void close_folder(struct mn_sounds_kept *s)
{
    mn_sounds_close(s);
    unlink(in_folder("a.wav"));
    unlink(in_folder("b.wav"));
    unlink(in_folder("c.wav"));
    rmdir(folder);
}

#define READS(source, expected)                                                                    \
    do {                                                                                           \
        struct mn_sounds_kept kept;                                                                \
        struct mn_buf why = {0};                                                                   \
        mn_sounds_open(&kept);                                                                     \
        assert_int_equal(mn_sounds_of_page(&kept, &root, "app/agent.lua", MN_STR(source), &why),   \
                         0);                                                                       \
        assert_string_equal(why.p != NULL ? why.p : "", "");                                       \
        assert_int_equal(kept.n, expected);                                                        \
        mn_sounds_close(&kept);                                                                    \
        mn_buf_free(&why);                                                                         \
    } while (0)

TEST(R9_paths_that_stand_in_a_page_are_read_when_it_loads)
{
    struct mn_sounds_kept s;

    open_folder(&s);
    READS("ctx:play('a.wav')", 1);
    READS("ctx:play \"a.wav\" ctx : play ( 'b.wav', { wait = true }) ctx:play'a.wav'", 2);
    READS("-- ctx:play('none.wav')\nlocal s = \"ctx:play('none.wav')\"", 0);
    READS("--[[ ctx:play('none.wav') ]] --[==[ ]] ctx:play('none.wav') ]==] ctx:play('a.wav')", 1);
    READS("x = [[ ctx:play('none.wav') ]] y = [=[ ]] ctx:play('none.wav')]=]", 0);
    READS("ctx:play('none' .. n) ctx:play(name) ctx:player('none.wav') ctx.play('none.wav')", 0);
    READS("music:play('none.wav') actx:play('none.wav') ctx:play('no\\ne.wav')", 0);
    READS("ctx:play('none.wav", 1 - 1);
    close_folder(&s);
}

TEST(R9_what_cannot_be_played_is_a_mistake_of_its_line)
{
    struct mn_sounds_kept s;
    struct mn_buf why = {0};
    FILE *f;

    open_folder(&s);
    f = fopen(in_folder("c.wav"), "wb");
    fputs("ID3 of an mp3", f);
    fclose(f);
    assert_int_equal(mn_sounds_of_page(&s, &root, "app/agent.lua",
                                       MN_STR("\n--[[\n]] ctx:play 'x.wav'\nctx:play 'c.wav'\n"
                                              "ctx:play '../a.wav'"),
                                       &why),
                     0);
    assert_string_equal(
        why.p, "app/agent.lua:3: ctx:play: there is no file app/x.wav\n"
               "app/agent.lua:4: ctx:play: c.wav is no WAV that can be played: expected 16-bit "
               "PCM, mono or stereo\n"
               "app/agent.lua:5: ctx:play: '../a.wav' leads outside the app's folder\n");
    mn_buf_free(&why);
    close_folder(&s);
}

static int get(struct mn_sounds_kept *s, const char *path, struct mn_sound_limits limits,
               const char *words)
{
    struct mn_buf what = {0};
    int rc = mn_sounds_get(s, &root, path, &limits, &what);

    if (words != NULL && (what.p == NULL || strstr(what.p, words) == NULL))
        fail_msg("%s is not in %s", words, what.p != NULL ? what.p : "nothing");
    mn_buf_free(&what);
    return rc;
}

#define LIMITS(...) ((struct mn_sound_limits){__VA_ARGS__})

TEST(R9_a_recordings_bounds_hold_at_their_edges)
{
    struct mn_sounds_kept s;
    const size_t a = 16044, b = 16060; /* bytes of the files */

    open_folder(&s);
    assert_int_equal(get(&s, "a.wav", LIMITS(a - 1, 1 << 20, 1000), "(script-sound)"), MN_ELIMIT);
    assert_int_equal(get(&s, "a.wav", LIMITS(a, 1 << 20, 999), "(script-sound-time)"), MN_ELIMIT);
    assert_int_equal(get(&s, "a.wav", LIMITS(a, a - 1, 1000), "(script-sounds)"), MN_ELIMIT);
    assert_int_equal(s.n, 0);
    assert_int_equal(get(&s, "a.wav", LIMITS(a, a, 1000), NULL), 0);
    assert_int_equal(get(&s, "b.wav", LIMITS(b, a + b - 1, 1001), "(script-sounds)"), MN_ELIMIT);
    assert_int_equal(get(&s, "b.wav", LIMITS(b, a + b, 1001), NULL), 1);
    /* One that is there already is held to them, too. */
    assert_int_equal(get(&s, "a.wav", LIMITS(a - 1, 0, 1000), "(script-sound)"), MN_ELIMIT);
    assert_int_equal(get(&s, "a.wav", LIMITS(a, 0, 999), "1.0 s, longer than the 1.0 s"),
                     MN_ELIMIT);
    assert_int_equal(get(&s, "a.wav", LIMITS(a, 0, 1000), NULL), 0);
    assert_non_null(mn_sounds_at(&s, 1));
    assert_null(mn_sounds_at(&s, 2));
    assert_null(mn_sounds_at(&s, -1));
    close_folder(&s);
}

TEST(R9_an_app_whose_recording_changed_is_another)
{
    const struct mn_str page = MN_STR("ctx:play 'a.wav'");
    struct mn_sounds_kept s, t;
    struct mn_buf why = {0};

    open_folder(&s);
    mn_sounds_open(&t);
    assert_int_equal(mn_sounds_of_page(&s, &root, "p", page, &why), 0);
    assert_int_equal(get(&s, "b.wav", LIMITS(1 << 20, 1 << 20, 5000), NULL), 1);
    assert_int_equal(mn_sounds_of_page(&t, &root, "p", page, &why), 0);
    assert_true(mn_sounds_same(&s, &t)); /* what only a call has read is no part of the app */
    mn_sounds_close(&t);
    mn_sounds_open(&t);
    wav("a.wav", 900);
    assert_int_equal(mn_sounds_of_page(&t, &root, "p", page, &why), 0);
    assert_false(mn_sounds_same(&s, &t));
    mn_sounds_close(&t);
    mn_buf_free(&why);
    close_folder(&s);
}
