/* test_json.c - the scan lets through JSON and nothing else; the tree says what was written. */
#include "base/err.h"
#include "base/json.h"
#include "base/json_write.h"

#include "test.h"

#include <stdio.h>
#include <stdlib.h>

static struct mn_json_fault fault;

static int scan(const char *text)
{
    return mn_json_scan(mn_str(text), &mn_json_frame, &fault);
}

TEST(json_scan_accepts_what_rfc_8259_calls_json)
{
    static const char *const good[] = {"0",
                                       "-0",
                                       "-0.0",
                                       "1e9",
                                       "1E+9",
                                       "1.5e-3",
                                       "\"\"",
                                       "true",
                                       "false",
                                       "null",
                                       "[]",
                                       "{}",
                                       " [ 1 , 2 ] \n\r\t",
                                       "{\"a\":{\"a\":[]}}",
                                       "\"\\\"\\\\\\/\\b\\f\\n\\r\\t\\u00e9\"",
                                       "\"\\ud83d\\ude00\"",
                                       "\"\\uDBFF\\uDFFF\"",
                                       "\"\x7f\"",
                                       "\"\xc2\x80\"",
                                       "\"\xef\xbf\xbf\"",
                                       "\"\xf4\x8f\xbf\xbf\"",
                                       "{\"\":1,\"\":2}",
                                       "[[[[[[]]]]]]",
                                       "\"twelve bytes and more, \xc3\xa9 among them\""};

    for (size_t i = 0; i < sizeof(good) / sizeof(good[0]); i++)
        assert_int_equal(scan(good[i]), 0);
}

TEST(json_scan_refuses_the_rest_and_says_where)
{
    static const struct {
        const char *text, *what;
        size_t at;
    } bad[] = {
        {"", "the text ends where a value is due", 0},
        {"  ", "the text ends where a value is due", 2},
        {"nul", "expected a value", 0},
        {"truth", "expected a value", 0},
        {"'a'", "expected a value", 0},
        {"\xef\xbb\xbf{}", "expected a value", 0},
        {"[1,]", "expected a value", 3},
        {"[,1]", "expected a value", 1},
        {"[1", "expected ',' or ']'", 2},
        {"[1 2]", "expected ',' or ']'", 3},
        {"[1}", "expected ',' or ']'", 2},
        {"{\"a\":1]", "expected ',' or '}'", 6},
        {"{\"a\":1,}", "expected a member's name", 7},
        {"{a:1}", "expected a member's name", 1},
        {"{1:1}", "expected a member's name", 1},
        {"{\"a\" 1}", "expected ':'", 5},
        {"{\"a\":}", "expected a value", 5},
        {"{\"a\"", "expected ':'", 4},
        {"1 2", "something follows the value", 2},
        {"{}}", "something follows the value", 2},
        {"01", "something follows the value", 1},
        {"-", "expected a digit", 1},
        {"+1", "expected a value", 0},
        {".5", "expected a value", 0},
        {"1.", "expected a digit after '.'", 2},
        {"1.e5", "expected a digit after '.'", 2},
        {"1e", "expected a digit in the exponent", 2},
        {"1e+", "expected a digit in the exponent", 3},
        {"NaN", "expected a value", 0},
        {"\"abc", "the text ends inside a string", 4},
        {"\"abc\\", "the text ends inside a string", 5},
        {"\"\\x41\"", "unknown escape in a string", 2},
        {"\"\\u12g4\"", "expected four hexadecimal digits after '\\u'", 5},
        {"\"\\u12", "expected four hexadecimal digits after '\\u'", 5},
        {"\"\\u0000\"", "a NUL character is not allowed", 7},
        {"\"\\ud800\"", "half of a surrogate pair", 7},
        {"\"\\ud800\\u0041\"", "half of a surrogate pair", 13},
        {"\"\\udc00\"", "half of a surrogate pair", 7},
        {"\"\\ud800\\\\\"", "half of a surrogate pair", 7},
        {"\"a\nb\"", "a control character in a string must be escaped", 2},
        {"\"0123456789\x1f\"", "a control character in a string must be escaped", 11},
        {"\"\x80\"", "not UTF-8", 1},
        {"\"\xc0\xaf\"", "not UTF-8", 1},         /* overlong '/' */
        {"\"\xe0\x80\xaf\"", "not UTF-8", 1},     /* overlong */
        {"\"\xf0\x80\x80\xaf\"", "not UTF-8", 1}, /* overlong */
        {"\"\xed\xa0\x80\"", "not UTF-8", 1},     /* a surrogate */
        {"\"\xf4\x90\x80\x80\"", "not UTF-8", 1}, /* past U+10FFFF */
        {"\"\xf5\x80\x80\x80\"", "not UTF-8", 1},
        {"\"\xc3\"", "not UTF-8", 1},
        {"\"\xe2\x82", "not UTF-8", 1},
        {"\"\xff\"", "not UTF-8", 1},
    };

    for (size_t i = 0; i < sizeof(bad) / sizeof(bad[0]); i++) {
        assert_int_equal(scan(bad[i].text), MN_EJSON);
        assert_string_equal(fault.what, bad[i].what);
        assert_int_equal(fault.at, bad[i].at);
    }
}

TEST(json_scan_sees_a_nul_byte)
{
    assert_int_equal(mn_json_scan(MN_STR("\"a\0b\""), &mn_json_frame, &fault), MN_EJSON);
    assert_int_equal(fault.at, 2);
    assert_int_equal(mn_json_scan(MN_STR("1\0"), &mn_json_frame, &fault), MN_EJSON);
    assert_int_equal(mn_json_scan(MN_STR("\"\\\0\""), &mn_json_frame, &fault), MN_EJSON);
}

TEST(json_scan_keeps_its_limits)
{
    static const struct mn_json_limits small = {.bytes = 20, .depth = 2, .values = 4};

    assert_int_equal(mn_json_scan(MN_STR("[[1,2]]"), &small, &fault), 0);
    assert_int_equal(mn_json_scan(MN_STR("[[[]]]"), &small, &fault), MN_ELIMIT);
    assert_string_equal(fault.what, "nested too deep");
    assert_int_equal(mn_json_scan(MN_STR("[1,2,3,4]"), &small, &fault), MN_ELIMIT);
    assert_string_equal(fault.what, "too many values");
    assert_int_equal(mn_json_scan(MN_STR("\"123456789012345678\""), &small, &fault), 0);
    assert_int_equal(mn_json_scan(MN_STR("\"1234567890123456789\""), &small, &fault), MN_ELIMIT);
    assert_string_equal(fault.what, "too many bytes");
    assert_int_equal(scan("0.00000000000000000000000000000000000000000000000000000000000001"),
                     MN_ELIMIT);
    assert_string_equal(fault.what, "a number is too long (over 63 characters)");
}

TEST(json_scan_refuses_a_flood_of_values_early)
{
    const size_t n = 4 << 20;
    char *text = malloc(n);

    for (size_t i = 0; i < n; i++)
        text[i] = i == 0 ? '[' : i % 2 != 0 ? '1' : ',';
    assert_int_equal(mn_json_scan((struct mn_str){text, n}, &mn_json_frame, &fault), MN_ELIMIT);
    assert_in_range(fault.at, 99990, 100010);
    memset(text, '[', n);
    assert_int_equal(mn_json_scan((struct mn_str){text, n}, &mn_json_frame, &fault), MN_ELIMIT);
    assert_int_equal(fault.at, 32);
    free(text);
}

static struct mn_buf seen;

static int on_key(void *owner, struct mn_str text)
{
    (void)owner;
    return mn_buf_addf(&seen, "%.*s:", MN_FMT(text));
}

static int on_scalar(void *owner, enum mn_json_kind kind, struct mn_str text)
{
    (void)owner;
    if (mn_str_is(text, "\"stop\""))
        return MN_ECANCELED;
    return mn_buf_addf(&seen, "%s=%.*s ", mn_json_kind_name(kind), MN_FMT(text));
}

static int on_open(void *owner, enum mn_json_kind kind)
{
    (void)owner;
    return mn_buf_addf(&seen, "<%s ", mn_json_kind_name(kind));
}

static int on_close(void *owner, enum mn_json_kind kind)
{
    (void)owner;
    return mn_buf_addf(&seen, "%s> ", mn_json_kind_name(kind));
}

TEST(json_walk_shows_tokens_in_order)
{
    static const struct mn_json_visitor all = {on_key, on_scalar, on_open, on_close};
    static const struct mn_json_visitor none = {0};
    struct mn_str text = MN_STR("{\"a\\n\":[1.50,null,{}],\"b\":\"x\"}");

    assert_int_equal(mn_json_walk(text, &mn_json_frame, &all, NULL, NULL), 0);
    assert_string_equal(seen.p, "<object \"a\\n\":<array number=1.50 null=null <object object> "
                                "array> \"b\":string=\"x\" object> ");
    mn_buf_free(&seen);
    assert_int_equal(mn_json_walk(text, &mn_json_frame, &none, NULL, NULL), 0);
    assert_int_equal(mn_json_walk(MN_STR("[1,\"stop\",2]"), &mn_json_frame, &all, NULL, NULL),
                     MN_ECANCELED);
    mn_buf_free(&seen);
}

static void must_unquote(const char *token, const char *text)
{
    struct mn_buf out = {0};

    assert_int_equal(scan(token), 0);
    assert_int_equal(mn_json_unquote(mn_str(token), &out), 0);
    assert_string_equal(out.n != 0 ? out.p : "", text);
    mn_buf_free(&out);
}

TEST(json_unquote_undoes_every_escape)
{
    must_unquote("\"\"", "");
    must_unquote("\"plain\"", "plain");
    must_unquote("\"\\\"\\\\\\/\\b\\f\\n\\r\\t\"", "\"\\/\b\f\n\r\t");
    must_unquote("\"\\u0041\\u00e9\\u20AC\\uD83D\\uDE00z\"",
                 "A\xc3\xa9\xe2\x82\xac\xf0\x9f\x98\x80z");
}

static struct mn_json *parse(const char *text)
{
    struct mn_json *v;

    assert_int_equal(mn_json_parse(&v, mn_str(text), &mn_json_frame, &fault), 0);
    return v;
}

TEST(json_getters_answer_absent_for_what_is_not_there)
{
    struct mn_json *v = parse("{\"s\":\"x\",\"n\":7,\"b\":true,\"z\":null,\"a\":[1,2],\"S\":1}");

    assert_true(mn_str_is(mn_json_str(v, "s"), "x"));
    assert_int_equal(mn_json_int(v, "n", -1), 7);
    assert_true(mn_json_bool(v, "b", false));
    assert_null(mn_json_str(v, "n").p);
    assert_int_equal(mn_json_int(v, "s", -1), -1);
    assert_int_equal(mn_json_int(v, "none", -1), -1);
    assert_true(mn_json_bool(v, "n", true));
    assert_int_equal(mn_json_kind(mn_json_get(v, "z")), MN_JSON_NULL);
    assert_int_equal(mn_json_kind(mn_json_get(v, "Z")), MN_JSON_ABSENT);
    assert_int_equal(mn_json_count(mn_json_get(v, "a")), 2);
    assert_int_equal(mn_json_count(v), 6);
    assert_int_equal(mn_json_count(NULL), 0);
    assert_null(mn_json_get(NULL, "a"));
    assert_null(mn_json_get(mn_json_get(v, "a"), "a"));
    assert_null(mn_json_first(mn_json_get(v, "s")));
    assert_null(mn_json_next(NULL));
    assert_null(mn_json_key(NULL).p);
    assert_true(mn_str_is(mn_json_key(mn_json_first(v)), "s"));
    mn_json_free(v);
    mn_json_free(NULL);
}

TEST(json_integers_are_exact_or_absent)
{
    static const struct {
        const char *text;
        bool exact;
        int64_t n;
    } rows[] = {
        {"0", true, 0},
        {"-0", true, 0},
        {"1.0", true, 1},
        {"1e3", true, 1000},
        {"9007199254740991", true, 9007199254740991},
        {"-9007199254740991", true, -9007199254740991},
        {"9007199254740992", false, 0},
        {"9007199254740993", false, 0},
        {"1.5", false, 0},
        {"1e999", false, 0},
        {"-1e999", false, 0},
        {"\"1\"", false, 0},
        {"true", false, 0},
    };

    for (size_t i = 0; i < sizeof(rows) / sizeof(rows[0]); i++) {
        struct mn_json *v = parse(rows[i].text);
        int64_t n = 0;

        assert_int_equal(mn_json_to_int(v, &n), rows[i].exact);
        assert_int_equal(n, rows[i].n);
        mn_json_free(v);
    }
}

static void must_print(const char *text, const char *printed)
{
    struct mn_json *v = parse(text);
    struct mn_buf out = {0};

    assert_int_equal(mn_json_print(v, &out), 0);
    assert_string_equal(out.p, printed);
    mn_buf_free(&out);
    mn_json_free(v);
}

TEST(json_print_is_compact_and_keeps_order_and_numbers)
{
    must_print(" { \"b\" : 1 , \"a\" : [ ] , \"c\" : { } } ", "{\"b\":1,\"a\":[],\"c\":{}}");
    must_print("[0.1,1e3,-0.5,1.0,123456789012345,0.30000000000000004,1e-7,1e300,1E15,1e-10]",
               "[0.1,1000,-0.5,1,123456789012345,0.30000000000000004,1e-7,1e300,1e15,1e-10]");
    must_print("[9007199254740991,9007199254740993,1e999,-1e999]",
               "[9007199254740991,9007199254740992,1e999,-1e999]");
    must_print("\"\\u00e9\\n\\u0001\\u001f\\/\"", "\"\xc3\xa9\\n\\u0001\\u001f/\"");
    must_print("[true,false,null]", "[true,false,null]");
    must_print("{\"a\":1,\"a\":2}", "{\"a\":1,\"a\":2}");
}

static void must_quote(struct mn_str text, const char *quoted)
{
    struct mn_buf out = {0};

    assert_int_equal(mn_json_quote(&out, text), 0);
    assert_string_equal(out.p, quoted);
    mn_buf_free(&out);
}

TEST(json_quote_makes_json_of_any_bytes)
{
    must_quote(MN_STR(""), "\"\"");
    must_quote((struct mn_str){NULL, 0}, "\"\"");
    must_quote(MN_STR("a\"b\\c/"), "\"a\\\"b\\\\c/\"");
    must_quote(MN_STR("\b\f\n\r\t\0\x1f"), "\"\\b\\f\\n\\r\\t\\u0000\\u001f\"");
    must_quote(MN_STR("\xc3\xa9 \xff \xed\xa0\x80"),
               "\"\xc3\xa9 \xef\xbf\xbd \xef\xbf\xbd\xef\xbf\xbd\xef\xbf\xbd\"");
}

TEST(json_writer_puts_commas_and_brackets)
{
    struct mn_buf out = {0};
    struct mn_writer w = mn_writer(&out);

    mn_write_open(&w, NULL, '{');
    mn_write_text(&w, "type", "a\"b");
    mn_write_open(&w, "list", '[');
    mn_write_int(&w, NULL, INT64_MIN);
    mn_write_open(&w, NULL, '{');
    mn_write_close(&w);
    mn_write_num(&w, NULL, 0.1);
    mn_write_num(&w, NULL, 1.0 / 0.0);
    mn_write_bool(&w, NULL, true);
    mn_write_close(&w);
    mn_write_raw(&w, "raw", MN_STR("[1]"));
    mn_write_raw(&w, "nothing", MN_STR(""));
    mn_write_text(&w, "absent", NULL);
    mn_write_str(&w, "last", MN_STR(""));
    mn_write_close(&w);
    assert_string_equal(out.p, "{\"type\":\"a\\\"b\",\"list\":[-9223372036854775808,{},0.1,null,"
                               "true],\"raw\":[1],\"nothing\":null,\"absent\":null,\"last\":\"\"}");
    assert_int_equal(w.depth, 0);
    mn_buf_free(&out);
}

TEST(json_writer_failure_sticks_in_the_buffer)
{
    struct mn_buf out = {.limit = 10};
    struct mn_writer w = mn_writer(&out);

    mn_write_open(&w, NULL, '[');
    mn_write_text(&w, NULL, "far too long for it");
    mn_write_int(&w, NULL, 1);
    mn_write_close(&w);
    assert_int_equal(out.err, MN_ELIMIT);
    mn_buf_free(&out);
}
