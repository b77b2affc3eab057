/* test_words.c - the small words everyone uses: buffers, files, base64, ids, random, UTF-8,
 * suggestions. */
#include "base/b64.h"
#include "base/err.h"
#include "base/file.h"
#include "base/id.h"
#include "base/list.h"
#include "base/nearest.h"
#include "base/utf8.h"

#include "test.h"

#include <errno.h>
#include <stdlib.h>
#include <unistd.h>

TEST(err_every_code_has_a_text)
{
    assert_string_equal(mn_strerror(MN_EJSON), "not valid JSON");
    assert_string_equal(mn_strerror(-ENOENT), "No such file or directory");
    assert_string_equal(mn_strerror(0), "no error");
}

TEST(file_is_read_up_to_its_most)
{
    char path[] = "/tmp/myna-file-XXXXXX", bytes[5000];
    struct mn_buf b = {0};
    int fd = mkstemp(path);

    memset(bytes, 'x', sizeof(bytes));
    assert_int_equal(write(fd, bytes, sizeof(bytes)), sizeof(bytes));
    assert_int_equal(mn_file_read(&b, path, sizeof(bytes)), 0);
    assert_int_equal(b.n, sizeof(bytes));
    mn_buf_clear(&b);
    assert_int_equal(mn_file_read(&b, path, sizeof(bytes) - 1), MN_ELIMIT);
    close(fd);
    unlink(path);
    mn_buf_clear(&b);
    assert_int_equal(mn_file_read(&b, path, 1), -ENOENT);
    assert_int_equal(mn_file_read(&b, "/tmp", 1), -EISDIR);
    mn_buf_free(&b);
}

TEST(buf_failure_sticks_until_cleared)
{
    struct mn_buf b = {.limit = 4};

    assert_int_equal(mn_buf_add_text(&b, "abcd"), 0);
    assert_int_equal(mn_buf_add_byte(&b, 'e'), MN_ELIMIT);
    assert_int_equal(mn_buf_addf(&b, "%s", ""), MN_ELIMIT);
    assert_string_equal(b.p, "abcd");
    mn_buf_clear(&b);
    assert_int_equal(mn_buf_add_text(&b, "ef"), 0);
    mn_buf_drop(&b, 1);
    assert_string_equal(b.p, "f");
    mn_buf_drop(&b, 9);
    assert_int_equal(b.n, 0);
    mn_buf_free(&b);
    assert_int_equal(b.limit, 4);
}

TEST(buf_grows_and_hands_its_bytes_over)
{
    struct mn_buf b = {0};
    char *p;

    for (int i = 0; i < 1000; i++)
        mn_buf_addf(&b, "%03d", i);
    assert_int_equal(b.n, 3000);
    p = mn_buf_take(&b);
    assert_memory_equal(p + 2997, "999", 4);
    assert_null(b.p);
    assert_null(mn_buf_take(&b));
    free(p);
}

TEST(buf_writes_numbers_and_texts_of_any_length)
{
    struct mn_buf b = {0};

    mn_buf_add_int(&b, 0);
    mn_buf_add_byte(&b, ' ');
    mn_buf_add_int(&b, INT64_MIN);
    mn_buf_add_byte(&b, ' ');
    mn_buf_add_int(&b, INT64_MAX);
    assert_string_equal(b.p, "0 -9223372036854775808 9223372036854775807");
    for (int n = 254; n < 259; n++) { /* about what is formatted once */
        mn_buf_clear(&b);
        assert_int_equal(mn_buf_addf(&b, "%*d", n, 7), 0);
        assert_int_equal(b.n, n);
        assert_int_equal(b.p[n - 1], '7');
    }
    mn_buf_free(&b);
}

TEST(list_take_moves_all_and_leaves_nothing)
{
    struct mn_list from, to, a, b;

    mn_list_init(&from);
    mn_list_take(&from, &to);
    assert_true(mn_list_empty(&to));
    mn_list_append(&from, &a);
    mn_list_append(&from, &b);
    mn_list_take(&from, &to);
    assert_true(mn_list_empty(&from));
    assert_ptr_equal(to.next, &a);
    mn_list_remove(&a);
    mn_list_remove(&a);
    assert_ptr_equal(to.next, &b);
    assert_ptr_equal(to.prev, &b);
}

static void must_encode(const char *bytes, const char *text)
{
    struct mn_buf out = {0};

    assert_int_equal(mn_b64_encode(&out, bytes, strlen(bytes)), 0);
    assert_string_equal(out.p, text);
    assert_int_equal(mn_b64_decoded(mn_str(text)), strlen(bytes));
    mn_buf_clear(&out);
    assert_int_equal(mn_b64_decode(&out, mn_str(text)), 0);
    assert_string_equal(out.p, bytes);
    mn_buf_free(&out);
}

TEST(b64_vectors_of_rfc_4648)
{
    must_encode("", "");
    must_encode("f", "Zg==");
    must_encode("fo", "Zm8=");
    must_encode("foo", "Zm9v");
    must_encode("foob", "Zm9vYg==");
    must_encode("fooba", "Zm9vYmE=");
    must_encode("foobar", "Zm9vYmFy");
}

TEST(b64_every_byte_round_trips)
{
    struct mn_buf text = {0}, back = {0};
    unsigned char bytes[768];

    for (size_t i = 0; i < sizeof(bytes); i++)
        bytes[i] = (unsigned char)(i * 7 + i / 256);
    for (size_t n = 0; n < sizeof(bytes); n += 5) {
        mn_buf_clear(&text);
        mn_buf_clear(&back);
        assert_int_equal(mn_b64_encode(&text, bytes, n), 0);
        assert_int_equal(mn_b64_decode(&back, mn_buf_str(&text)), 0);
        assert_int_equal(back.n, n);
        if (n != 0)
            assert_memory_equal(back.p, bytes, n);
    }
    mn_buf_free(&text);
    mn_buf_free(&back);
}

TEST(b64_refuses_all_but_strict_text_and_leaves_the_buffer_alone)
{
    static const char *const bad[] = {
        "A",        "AA",   "AAA",  "AAAAA", "=AAA", "A===",   "====",   "AA=A",
        "AA==AAAA", "Zh==", "Zm9=", "AA A",  "AA-_", "AA\n==", "Zm9v\n", "\xff\xff\xff\xff",
        "AAA*"};
    struct mn_buf out = {0};

    mn_buf_add_text(&out, "before");
    for (size_t i = 0; i < sizeof(bad) / sizeof(bad[0]); i++) {
        assert_int_equal(mn_b64_decode(&out, mn_str(bad[i])), MN_EPROTOCOL);
        assert_string_equal(out.p, "before");
    }
    assert_int_equal(out.n, 6);
    assert_int_equal(mn_b64_decode(&out, MN_STR("AA\0=")), MN_EPROTOCOL);
    mn_buf_free(&out);
}

TEST(b64_keeps_to_the_limit_of_its_buffer)
{
    struct mn_buf out = {.limit = 3};

    assert_int_equal(mn_b64_decode(&out, MN_STR("Zm9v")), 0);
    assert_int_equal(mn_b64_decode(&out, MN_STR("Zg==")), MN_ELIMIT);
    mn_buf_free(&out);
}

TEST(random_repeats_from_a_seed)
{
    struct mn_random a, b;

    mn_random_seed(&a, 1);
    mn_random_seed(&b, 1);
    for (int i = 0; i < 100; i++)
        assert_true(mn_random_next(&a) == mn_random_next(&b));
    mn_random_seed(&b, 2);
    assert_true(mn_random_next(&a) != mn_random_next(&b));
    assert_int_equal(mn_random_system(&a), 0);
    assert_int_equal(mn_random_system(&b), 0);
    assert_true(mn_random_next(&a) != mn_random_next(&b));
}

/* The reference implementation's first output for the state 1, 2, 3, 4. */
TEST(random_is_xoshiro256starstar)
{
    struct mn_random r = {{1, 2, 3, 4}};

    assert_true(mn_random_next(&r) == 11520);
    assert_true(mn_random_next(&r) == 0);
    assert_true(mn_random_next(&r) == 1509978240);
}

TEST(id_has_its_prefix_and_twenty_characters)
{
    static const char fifty[] = "01234567890123456789012345678901234567890123456789";
    char a[MN_ID_MAX], b[MN_ID_MAX];
    struct mn_random r;

    mn_random_seed(&r, 7);
    mn_id_new(a, "resp", &r);
    mn_id_new(b, "resp", &r);
    assert_memory_equal(a, "resp_", 5);
    assert_int_equal(strlen(a), 25);
    assert_int_equal(strspn(a + 5, "0123456789abcdefghijklmnopqrstuvwxyz"), 20);
    assert_string_not_equal(a, b);
    mn_id_new(a, fifty, &r);
    assert_int_equal(strlen(a), 61);
}

TEST(id_too_long_to_be_one_is_not_copied)
{
    char out[MN_ID_MAX], text[MN_ID_MAX + 1];

    memset(text, 'x', sizeof(text));
    assert_true(mn_id_copy(out, (struct mn_str){text, MN_ID_MAX - 1}));
    assert_int_equal(strlen(out), MN_ID_MAX - 1);
    assert_false(mn_id_copy(out, (struct mn_str){text, MN_ID_MAX}));
    assert_string_equal(out, "");
    assert_true(mn_id_copy(out, (struct mn_str){NULL, 0}));
}

TEST(nearest_guesses_slips_and_nothing_wilder)
{
    static const char *const words[] = {"host", "port", "tls", "log-format", "log-level", NULL};

    assert_string_equal(mn_nearest(MN_STR("prot"), words), "port");
    assert_string_equal(mn_nearest(MN_STR("por"), words), "port");
    assert_string_equal(mn_nearest(MN_STR("tsl"), words), "tls");
    assert_string_equal(mn_nearest(MN_STR("logformat"), words), "log-format");
    assert_string_equal(mn_nearest(MN_STR("log-fromat"), words), "log-format");
    assert_string_equal(mn_nearest(MN_STR("port"), words), "port");
    assert_null(mn_nearest(MN_STR("elephant"), words));
    assert_null(mn_nearest(MN_STR(""), words));
    assert_null(mn_nearest(MN_STR("x"), words));
    assert_null(mn_nearest((struct mn_str){NULL, 0}, words));
}

TEST(utf8_knows_well_formed_from_not)
{
    assert_int_equal(mn_utf8_size(MN_STR("a")), 1);
    assert_int_equal(mn_utf8_size(MN_STR("\xc3\xa9x")), 2);
    assert_int_equal(mn_utf8_size(MN_STR("\xe2\x82\xac")), 3);
    assert_int_equal(mn_utf8_size(MN_STR("\xf0\x9f\x98\x80")), 4);
    assert_int_equal(mn_utf8_size(MN_STR("\xe2\x82")), 0);
    assert_int_equal(mn_utf8_size(MN_STR("\xed\xa0\x80")), 0);
    assert_int_equal(mn_utf8_size(MN_STR("")), 0);
    assert_true(mn_utf8_valid(MN_STR("a\xc3\xa9\xf0\x9f\x98\x80")));
    assert_false(mn_utf8_valid(MN_STR("a\xc3")));
    assert_int_equal(mn_utf8_count(MN_STR("a\xc3\xa9\xf0\x9f\x98\x80")), 3);
}

/* All code points: what is written is valid and nothing else is. */
TEST(utf8_all_characters_round_trip)
{
    char bytes[4];

    for (uint32_t code = 0; code <= 0x10ffff; code++) {
        size_t n = mn_utf8_put(bytes, code);
        bool surrogate = code >= 0xd800 && code <= 0xdfff;

        assert_int_equal(mn_utf8_size((struct mn_str){bytes, n}), surrogate ? 0 : n);
    }
}

TEST(utf8_cut_never_splits_a_character)
{
    struct mn_str text = MN_STR("a\xf0\x9f\x98\x80z");

    assert_int_equal(mn_utf8_cut(text, 9).n, 6);
    assert_int_equal(mn_utf8_cut(text, 5).n, 5);
    for (size_t n = 1; n <= 4; n++)
        assert_int_equal(mn_utf8_cut(text, n).n, 1);
    assert_int_equal(mn_utf8_cut(text, 0).n, 0);
}

TEST(utf8_ascii_run_stops_at_each_special_byte_wherever_it_stands)
{
    char text[160];
    const size_t n = 150; /* pieces of 64, of 8 and of 1 */

    for (size_t at = 0; at < n; at++) {
        for (int c = 0; c < 256; c++) {
            bool special = c < 0x20 || c >= 0x80 || c == '"' || c == '\\';

            memset(text, 'x', sizeof(text));
            text[at] = (char)c;
            assert_int_equal(mn_ascii_run((struct mn_str){text, n}), special ? at : n);
        }
    }
}
