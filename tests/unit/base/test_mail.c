/* test_mail.c - mails: which can be sent, and how they are written. */
#include "base/err.h"
#include "base/mail.h"
#include "test.h"

#include <stdlib.h>

static struct mn_str some[] = {{"sam@home.test", 13}};

static struct mn_mail_ask plain(const char *subject, const char *text)
{
    return (struct mn_mail_ask){
        .to = some, .nto = 1, .subject = mn_str(subject), .text = mn_str(text)};
}

static int check(const struct mn_mail_ask *ask, const char *why)
{
    struct mn_buf said = {0};
    int err = mn_mail_check(ask, &mn_mail_defaults, &said);

    assert_string_equal(said.n != 0 ? said.p : "", why);
    mn_buf_free(&said);
    return err;
}

static bool is_address(const char *text)
{
    struct mn_mail_address address;

    return mn_mail_address_read(&address, mn_str(text));
}

TEST(an_address_has_one_form_with_or_without_a_name)
{
    struct mn_mail_address a;

    assert_true(mn_mail_address_read(&a, MN_STR(" \"Hill, Sam\" <sam.hill+x@home-1.test> ")));
    assert_int_equal(a.name.n, 9);
    assert_memory_equal(a.name.p, "Hill, Sam", 9);
    assert_int_equal(a.mailbox.n, 22);
    assert_memory_equal(a.mailbox.p, "sam.hill+x@home-1.test", 22);
    assert_true(is_address("a@b"));
    assert_true(is_address("Zoë <zoe@home.test>"));
}

TEST(what_is_no_address_is_refused)
{
    static const char *const wrong[] = {
        "",        "sam",      "@b",        "a@",         "a@b@c",   "a b@c",       "a@b c",
        ".a@b",    "a.@b",     "a..b@c",    "a@.b",       "a@b.",    "a@-b",        "a@b-",
        "a@b..c",  "<a@b",     "a@b>",      "S <a@b> x",  "a@b,c@d", "a@b\r\nX: y", "a\r@b",
        "\"a\"@b", "zo\xc3@b", "S\n <a@b>", "\xff <a@b>", "a@b\r",   "a<b@c",       "a>@c"};

    for (size_t i = 0; i < sizeof(wrong) / sizeof(wrong[0]); i++)
        assert_false(is_address(wrong[i]));
}

TEST(a_nul_ends_no_address)
{
    struct mn_mail_address a;

    assert_false(mn_mail_address_read(&a, MN_STR("a@b\0c")));
    assert_false(mn_mail_address_read(&a, MN_STR("a\0@b")));
}

TEST(an_address_is_at_most_254_bytes_64_of_them_before_the_at)
{
    char text[300];

    memset(text, 'a', sizeof(text));
    text[64] = '@';
    text[254] = '\0';
    assert_true(is_address(text));
    text[254] = 'a';
    text[255] = '\0';
    assert_false(is_address(text));
    memset(text, 'a', sizeof(text));
    text[65] = '@';
    text[70] = '\0';
    assert_false(is_address(text));
}

TEST(a_line_break_in_a_header_is_refused_by_name)
{
    struct mn_str broken[] = {MN_STR("a@b"), MN_STR("c@d\r\nBcc: e@f")};
    struct mn_mail_ask ask = plain("Hi\nBcc: all@home.test", "x");

    assert_int_equal(check(&ask, "subject: a line break; it is one line"), MN_EPROTOCOL);
    ask = plain("Hi\r", "x");
    assert_int_equal(check(&ask, "subject: a line break; it is one line"), MN_EPROTOCOL);
    ask = plain("Hi", "x");
    ask.to = broken;
    ask.nto = 2;
    assert_int_equal(check(&ask, "to: a line break in an address"), MN_EPROTOCOL);
    ask.nto = 1;
    ask.cc = broken + 1;
    ask.ncc = 1;
    assert_int_equal(check(&ask, "cc: a line break in an address"), MN_EPROTOCOL);
    ask.ncc = 0;
    ask.reply_to = broken[1];
    assert_int_equal(check(&ask, "reply_to: a line break in an address"), MN_EPROTOCOL);
}

TEST(what_is_missing_or_no_text_is_refused_by_name)
{
    struct mn_mail_ask ask = plain("Hi", "x");

    assert_int_equal(check(&ask, ""), 0);
    ask.nto = 0;
    assert_int_equal(check(&ask, "to: nobody is named"), MN_EPROTOCOL);
    ask = plain("Hi", "");
    assert_int_equal(check(&ask, "text: it is empty"), MN_EPROTOCOL);
    ask = plain("Hi", "\xff");
    assert_int_equal(check(&ask, "text: not UTF-8"), MN_EPROTOCOL);
    ask = plain("Hi", "x");
    ask.html = MN_STR("\xff");
    assert_int_equal(check(&ask, "html: not UTF-8"), MN_EPROTOCOL);
    ask = plain("\xff", "x");
    assert_int_equal(check(&ask, "subject: not UTF-8 text"), MN_EPROTOCOL);
}

TEST(a_mail_has_so_many_addresses_and_bytes_and_no_more)
{
    struct mn_mail_limits limits = {.addresses = 3, .bytes = 10};
    struct mn_str to[] = {MN_STR("a@b"), MN_STR("c@d")};
    struct mn_mail_ask ask = plain("12", "345");
    struct mn_buf why = {0};

    ask.to = ask.cc = to;
    ask.nto = 2;
    ask.ncc = 1;
    ask.html = MN_STR("67890");
    assert_int_equal(mn_mail_check(&ask, &limits, &why), 0);
    ask.ncc = 2;
    assert_int_equal(mn_mail_check(&ask, &limits, &why), MN_ELIMIT);
    assert_string_equal(why.p, "over 3 addresses in one mail (mail-addresses)");
    mn_buf_clear(&why);
    ask.ncc = 1;
    ask.html = MN_STR("678901");
    assert_int_equal(mn_mail_check(&ask, &limits, &why), MN_ELIMIT);
    assert_string_equal(why.p, "subject, text and html are over 10 bytes together (mail-size)");
    mn_buf_free(&why);
}

static const struct mn_mail_origin origin = {
    .from = {"Shop <shop@shop.test>", 21}, .id = {"mail_1", 6}, .wall_ms = 1767607200000};

static char *written(const struct mn_mail_ask *ask)
{
    struct mn_buf out = {0};

    assert_int_equal(mn_mail_write(&out, ask, &origin), 0);
    return mn_buf_take(&out);
}

TEST(a_mail_is_written_to_the_byte)
{
    struct mn_str to[] = {MN_STR("sam@home.test"), MN_STR("Zo\xc3\xab <zoe@home.test>")};
    struct mn_mail_ask ask = plain("It works", "Hello.\nBye.");
    char *text;

    ask.to = to;
    ask.nto = 2;
    ask.cc = some;
    ask.ncc = 1;
    ask.reply_to = some[0];
    text = written(&ask);
    assert_string_equal(text, "Date: Mon, 5 Jan 2026 10:00:00 +0000\r\n"
                              "From: \"Shop\"\r\n <shop@shop.test>\r\n"
                              "To: sam@home.test,\r\n =?UTF-8?B?Wm/Dqw==?=\r\n <zoe@home.test>\r\n"
                              "Cc: sam@home.test\r\n"
                              "Reply-To: sam@home.test\r\n"
                              "Message-ID: <mail_1@shop.test>\r\n"
                              "Subject: It works\r\n"
                              "Auto-Submitted: auto-generated\r\n"
                              "MIME-Version: 1.0\r\n"
                              "Content-Type: text/plain; charset=utf-8\r\n"
                              "Content-Transfer-Encoding: quoted-printable\r\n"
                              "\r\n"
                              "Hello.\r\nBye.\r\n");
    free(text);
}

TEST(a_mail_with_html_is_two_in_one)
{
    struct mn_mail_ask ask = plain("Hi", "text");
    char *text;

    ask.html = MN_STR("<b>html</b>");
    text = written(&ask);
    assert_non_null(strstr(text, "multipart/alternative;\r\n boundary=\"=_myna_mail_1\"\r\n\r\n"
                                 "--=_myna_mail_1\r\nContent-Type: text/plain; charset=utf-8\r\n"));
    assert_non_null(strstr(text, "\r\ntext\r\n\r\n--=_myna_mail_1\r\nContent-Type: text/html;"));
    assert_non_null(strstr(text, "<b>html</b>\r\n\r\n--=_myna_mail_1--\r\n"));
    free(text);
    ask.text.n = 0;
    text = written(&ask);
    assert_null(strstr(text, "multipart"));
    assert_non_null(strstr(text, "Content-Type: text/html; charset=utf-8\r\n"));
    free(text);
}

static void is_written(int (*put)(struct mn_buf *out, struct mn_str text), const char *text,
                       const char *wanted)
{
    struct mn_buf out = {0};

    assert_int_equal(put(&out, mn_str(text)), 0);
    assert_string_equal(out.n != 0 ? out.p : "", wanted);
    mn_buf_free(&out);
}

TEST(a_subject_of_any_language_is_encoded_and_split_between_characters)
{
    is_written(mn_mail_put_words, "plain words", "plain words");
    is_written(mn_mail_put_words, "Zo\xc3\xab", "=?UTF-8?B?Wm/Dqw==?=");
    is_written(mn_mail_put_words, "=?x?= is no word", "=?UTF-8?B?PT94Pz0gaXMgbm8gd29yZA==?=");
    /* 38 bytes, and a character of two that does not fit whole */
    is_written(mn_mail_put_words, "12345678901234567890123456789012345678\xc3\xab",
               "=?UTF-8?B?MTIzNDU2Nzg5MDEyMzQ1Njc4OTAxMjM0NTY3ODkwMTIzNDU2Nzg=?=\r\n"
               " =?UTF-8?B?w6s=?=");
}

TEST(a_name_is_quoted)
{
    is_written(mn_mail_put_name, "Hill, Sam", "\"Hill, Sam\"");
    is_written(mn_mail_put_name, "a\"b\\c", "\"a\\\"b\\\\c\"");
}

TEST(a_body_is_quoted_where_it_must_be)
{
    is_written(mn_mail_put_body, "", "");
    is_written(mn_mail_put_body, "1=1 Zo\xc3\xab", "1=3D1 Zo=C3=AB\r\n");
    is_written(mn_mail_put_body, "a\r\nb\n\nc\rd", "a\r\nb\r\n\r\nc=0Dd\r\n");
    is_written(mn_mail_put_body, "blank \nat\t", "blank=20\r\nat=09\r\n");
    is_written(mn_mail_put_body, ".\n.x.\nFrom me\nFar", "=2E\r\n=2Ex.\r\n=46rom me\r\nFar\r\n");
}

TEST(no_line_of_a_body_is_longer_than_76)
{
    char text[3001];
    struct mn_buf out = {0};
    const char *line, *end;

    for (int i = 0; i < 3000; i++)
        text[i] = i % 7 == 0 ? '=' : i % 5 == 0 ? ' ' : '.';
    text[3000] = '\0';
    assert_int_equal(mn_mail_put_body(&out, mn_str(text)), 0);
    for (line = out.p; *line != '\0'; line = end + 2) {
        end = strstr(line, "\r\n");
        assert_non_null(end);
        assert_true(end - line <= 76);
        assert_true(*line != '.');
    }
    mn_buf_free(&out);
}
