/* test_schema.c - schemas as tools bring them, and arguments as models write them. */
#include "base/err.h"
#include "base/schema.h"

#include "test.h"

#include <stdio.h>
#include <stdlib.h>

static char sentence[2000];

static void keep(struct mn_buf *why)
{
    snprintf(sentence, sizeof(sentence), "%.*s", MN_FMT(mn_buf_str(why)));
    mn_buf_free(why);
}

/* The sentence with which a schema is refused, or "" when it compiles. */
static const char *compiles(const char *schema)
{
    struct mn_buf why = {0};
    struct mn_schema *s;
    int err = mn_schema_compile(&s, mn_str(schema), &why);

    assert_int_equal(err == 0, why.n == 0);
    assert_int_equal(err == 0, s != NULL);
    mn_schema_free(s);
    keep(&why);
    return sentence;
}

/* The sentence with which a value is refused, or "" when it fits. */
static const char *checks(const char *schema, const char *value)
{
    struct mn_buf why = {0};
    struct mn_schema *s;
    struct mn_json *v;
    int err;

    assert_int_equal(mn_schema_compile(&s, mn_str(schema), &why), 0);
    assert_int_equal(mn_json_parse(&v, mn_str(value), &mn_json_frame, NULL), 0);
    err = mn_schema_check(s, v, &why);
    assert_int_equal(err == 0, why.n == 0);
    assert_true(err == 0 || err == MN_EPROTOCOL || err == MN_ELIMIT);
    mn_json_free(v);
    mn_schema_free(s);
    keep(&why);
    return sentence;
}

struct row {
    const char *schema, *value, *sentence;
};

static void all(const struct row *rows, size_t n)
{
    for (size_t i = 0; i < n; i++)
        assert_string_equal(checks(rows[i].schema, rows[i].value), rows[i].sentence);
}
#define ALL(...)                                                                                   \
    do {                                                                                           \
        const struct row rows[] = {__VA_ARGS__};                                                   \
        all(rows, sizeof(rows) / sizeof(rows[0]));                                                 \
    } while (0)

static const char patient[] =
    "{\"type\":\"object\",\"additionalProperties\":false,\"required\":[\"name\",\"born\"],"
    "\"properties\":{\"name\":{\"type\":\"string\",\"minLength\":1},"
    "\"born\":{\"type\":\"string\",\"format\":\"date\",\"description\":\"date of birth\"},"
    "\"children\":{\"type\":\"array\",\"items\":{\"$ref\":\"#\"}}}}";

TEST(schema_a_fitting_value_passes)
{
    ALL({patient, "{\"name\":\"Sam\",\"born\":\"1980-05-01\"}", ""},
        {patient,
         "{\"name\":\"Sam\",\"born\":\"1980-05-01\",\"children\":"
         "[{\"name\":\"Ann\",\"born\":\"2012-02-29\"}]}",
         ""},
        {"{}", "[1,\"x\",null]", ""}, {"true", "1", ""});
}

TEST(schema_sentences_name_the_path_and_what_to_do)
{
    ALL({patient, "{\"name\":\"Sam\",\"born\":\"May\"}",
         "born: expected a date as YYYY-MM-DD, got \"May\""},
        {patient, "{\"born\":\"1980-05-01\"}", "name: is missing"},
        {patient, "{\"name\":\"Sam\",\"bron\":\"1980-05-01\"}",
         "bron: is not a known property (did you mean born?)"},
        {patient, "{\"name\":\"Sam\",\"zodiac\":1}",
         "zodiac: is not a known property; known are name, born, children"},
        {patient, "{\"name\":\"\",\"born\":\"1980-05-01\"}",
         "name: expected at least 1 character, got 0"},
        {patient, "\"Sam\"", "expected an object, got \"Sam\""},
        {patient,
         "{\"name\":\"S\",\"born\":\"1980-05-01\",\"children\":[{\"name\":\"A\","
         "\"born\":\"2012-01-01\"},{\"name\":7}]}",
         "children[1].name: expected a string, got 7"},
        {"false", "1", "expected nothing here, got 1"});
}

TEST(schema_types)
{
    ALL({"{\"type\":\"integer\"}", "3", ""}, {"{\"type\":\"integer\"}", "3.0", ""},
        {"{\"type\":\"integer\"}", "3.5", "expected an integer, got 3.5"},
        {"{\"type\":\"integer\"}", "\"3\"", "expected an integer, got \"3\""},
        {"{\"type\":\"number\"}", "3", ""}, {"{\"type\":[\"string\",\"null\"]}", "null", ""},
        {"{\"type\":[\"string\",\"null\"]}", "{}", "expected a string or null, got an object"},
        {"{\"type\":\"boolean\"}", "0", "expected true or false, got 0"},
        {"{\"type\":\"null\"}", "false", "expected null, got false"},
        {"{\"type\":\"array\"}", "{}", "expected an array, got an object"});
}

TEST(schema_enum_and_const_compare_values)
{
    ALL({"{\"enum\":[\"a\",\"b\"]}", "\"b\"", ""},
        {"{\"enum\":[\"a\",\"b\"]}", "\"c\"", "expected one of \"a\", \"b\", got \"c\""},
        {"{\"enum\":[1]}", "1.0", ""}, {"{\"enum\":[null]}", "0", "expected null, got 0"},
        {"{\"const\":{\"a\":1,\"b\":[2]}}", "{\"b\":[2],\"a\":1}", ""},
        {"{\"const\":{\"a\":1,\"b\":[2]}}", "{\"b\":[2,3],\"a\":1}",
         "expected {\"a\":1,\"b\":[2]}, got an object"},
        {"{\"const\":{\"a\":1,\"b\":1}}", "{\"a\":1,\"a\":1}",
         "expected {\"a\":1,\"b\":1}, got an object"},
        {"{\"const\":null}", "null", ""});
}

TEST(schema_numbers_keep_their_bounds)
{
    ALL({"{\"minimum\":1,\"maximum\":5}", "1", ""},
        {"{\"minimum\":1}", "0.9", "expected at least 1, got 0.9"},
        {"{\"maximum\":5}", "6", "expected at most 5, got 6"},
        {"{\"exclusiveMinimum\":0}", "0", "expected more than 0, got 0"},
        {"{\"exclusiveMaximum\":1}", "1", "expected less than 1, got 1"},
        {"{\"multipleOf\":0.1}", "0.3", ""},
        {"{\"multipleOf\":5}", "12", "expected a multiple of 5, got 12"},
        {"{\"minimum\":1}", "\"text is not bounded\"", ""},
        {"{\"maximum\":1}", "1e999", "expected a number that fits, got 1e999"});
}

TEST(schema_lengths_count_characters_not_bytes)
{
    ALL({"{\"maxLength\":2}", "\"\xf0\x9f\x98\x80\xc3\xa9\"", ""},
        {"{\"maxLength\":2}", "\"abc\"", "expected at most 2 characters, got 3"},
        {"{\"minLength\":2}", "\"\xf0\x9f\x98\x80\"", "expected at least 2 characters, got 1"});
}

TEST(schema_patterns_are_ecma_like_and_bounded)
{
    ALL({"{\"pattern\":\"^\\\\d{4}$\"}", "\"1234\"", ""},
        {"{\"pattern\":\"^\\\\d{4}$\"}", "\"1234\\n\"",
         "expected text that matches ^\\d{4}$, got \"1234\\n\""},
        {"{\"pattern\":\"b\"}", "\"abc\"", ""}, {"{\"pattern\":\"^.$\"}", "\"\xc3\xa9\"", ""},
        {"{\"pattern\":\"\\\\u00e9\"}", "\"\xc3\xa9\"", ""});
    assert_string_equal(
        checks("{\"pattern\":\"^(a+)+$\"}", "\"aaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaab\""),
        "takes too long to match with ^(a+)+$: \"aaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaab\"");
}

TEST(schema_arrays)
{
    ALL({"{\"minItems\":1,\"maxItems\":2}", "[1,2]", ""},
        {"{\"minItems\":1}", "[]", "expected at least 1 element, got 0"},
        {"{\"maxItems\":2}", "[1,2,3]", "expected at most 2 elements, got 3"},
        {"{\"items\":{\"type\":\"string\"}}", "[\"a\",1]", "[1]: expected a string, got 1"},
        {"{\"prefixItems\":[{\"type\":\"string\"}],\"items\":{\"type\":\"integer\"}}",
         "[\"a\",1,\"b\"]", "[2]: expected an integer, got \"b\""},
        {"{\"prefixItems\":[{\"type\":\"string\"},{}],\"items\":false}", "[\"a\",1]", ""},
        {"{\"prefixItems\":[{\"type\":\"string\"}],\"items\":false}", "[\"a\",1]",
         "[1]: expected nothing here, got 1"});
}

TEST(schema_combinations)
{
    ALL({"{\"anyOf\":[{\"type\":\"string\"},{\"type\":\"null\"}]}", "null", ""},
        {"{\"anyOf\":[{\"type\":\"string\"},{\"type\":\"null\"}]}", "1",
         "fits none of the alternatives: (1) expected a string, got 1; (2) expected null, got 1"},
        {"{\"oneOf\":[{\"type\":\"integer\"},{\"minimum\":2}]}", "1", ""},
        {"{\"oneOf\":[{\"type\":\"integer\"},{\"minimum\":2}]}", "3",
         "fits more than one of the alternatives, and must fit just one"},
        {"{\"allOf\":[{\"minimum\":1},{\"maximum\":3}]}", "4", "expected at most 3, got 4"},
        {"{\"not\":{\"const\":\"x\"}}", "\"y\"", ""},
        {"{\"not\":{\"const\":\"x\"}}", "\"x\"", "expected another value, got \"x\""});
}

TEST(schema_references)
{
    static const char tree[] =
        "{\"$ref\":\"#/$defs/node\",\"$defs\":{\"node\":{\"type\":\"object\","
        "\"properties\":{\"left\":{\"$ref\":\"#/$defs/node\"}}}}}";

    ALL({tree, "{\"left\":{\"left\":{}}}", ""},
        {tree, "{\"left\":{\"left\":1}}", "left.left: expected an object, got 1"},
        {"{\"$ref\":\"#\"}", "1", "too much to check: the schema refers to itself too often"},
        {"{\"anyOf\":[{\"$ref\":\"#\"},{\"$ref\":\"#\"},{\"$ref\":\"#\"}]}", "1",
         "too much to check: the schema refers to itself too often"});
}

TEST(schema_formats)
{
    static const struct {
        const char *format, *good[6], *bad[12];
    } rows[] = {
        {"date",
         {"2024-02-29", "0001-01-01"},
         {"2023-02-29", "2023-13-01", "2023-1-1", "", "2023-01-01 ", "1900-02-29", "2023-04-31"}},
        {"time",
         {"09:30", "23:59:60", "09:30:00.25+02:00", "09:30Z"},
         {"24:00", "9:30", "09:30:", "09:30:00.", "09:60", "09:30+2"}},
        {"date-time",
         {"2026-05-01T14:30:00Z", "2026-05-01T14:30:00", "2026-05-01t14:30:00.123-08:00"},
         {"2026-05-01", "2026-05-01T14:30", "2026-05-01T14:30:00Zulu"}},
        {"email",
         {"a@b", "first.last+tag@example.co.uk"},
         {"a", "@b", "a@", "a b@c", "a@b..c", ".a@b", "a..b@c", "a@-b", "a@b-", "a@b@c"}},
        {"hostname", {"localhost", "a-b.example"}, {"", "-a", "a-", "a..b", "a.", "a_b"}},
        {"uri",
         {"https://example.com/?q=%20", "tel:+1-201"},
         {"example.com", "https:", ":x", "http://a b", "x:%2", "1x:y"}},
        {"uuid",
         {"123e4567-e89b-12d3-a456-426614174000"},
         {"123e4567e89b12d3a456426614174000", "123e4567-e89b-12d3-a456-42661417400g"}},
        {"ipv4", {"127.0.0.1"}, {"127.0.0", "256.0.0.1", "01.2.3.4", "1.2.3.4 ", ""}},
        {"ipv6", {"::1", "2001:db8::8a2e:370:7334"}, {"1.2.3.4", ":::", "1:2"}},
    };
    char schema[64], value[128];

    for (size_t i = 0; i < sizeof(rows) / sizeof(rows[0]); i++) {
        snprintf(schema, sizeof(schema), "{\"format\":\"%s\"}", rows[i].format);
        for (const char *const *text = rows[i].good; *text != NULL; text++) {
            snprintf(value, sizeof(value), "\"%s\"", *text);
            assert_string_equal(checks(schema, value), "");
        }
        for (const char *const *text = rows[i].bad; *text != NULL; text++) {
            snprintf(value, sizeof(value), "\"%s\"", *text);
            assert_memory_equal(checks(schema, value), "expected a", 10);
        }
    }
}

TEST(schema_what_is_not_known_is_refused_when_compiled)
{
    static const struct {
        const char *schema, *sentence;
    } rows[] = {
        {"{\"tpye\":\"string\"}", "unknown keyword 'tpye' (did you mean 'type'?)"},
        {"{\"properties\":{\"born\":{\"fromat\":\"date\"}}}",
         "properties.born: unknown keyword 'fromat' (did you mean 'format'?)"},
        {"{\"type\":\"strnig\"}", "type: unknown type 'strnig' (did you mean 'string'?)"},
        {"{\"format\":\"datetime\"}",
         "format: unknown format 'datetime' (did you mean 'date-time'?)"},
        {"{\"if\":{}}", "unknown keyword 'if'"},
        {"{\"anyOf\":[{},{\"minimum\":\"1\"}]}", "anyOf[1].minimum: expected a number"},
        {"{\"minLength\":-1}", "minLength: expected a whole number, 0 or more"},
        {"{\"minLength\":1.5}", "minLength: expected a whole number, 0 or more"},
        {"{\"multipleOf\":0}", "multipleOf: expected a number above 0"},
        {"{\"required\":\"a\"}", "required: expected a list of names"},
        {"{\"required\":[1]}", "required: expected a list of names"},
        {"{\"enum\":[]}", "enum: expected a list of at least one value"},
        {"{\"anyOf\":[]}", "anyOf: expected a list of at least one schema"},
        {"{\"properties\":[]}", "properties: expected an object of schemas"},
        {"{\"items\":[{}]}", "items: expected a schema: an object, true or false"},
        {"{\"type\":[]}", "type: expected at least one type"},
        {"{\"type\":7}", "type: expected the name of a type, or a list of names"},
        {"{\"pattern\":\"(\"}",
         "pattern: not a regular expression: missing closing parenthesis at character 2"},
        {"{\"pattern\":\"a\",\"pattern\":\"b\"}", "pattern: given twice"},
        {"{\"$ref\":\"#/$defs/x\"}", "$ref: there is no '#/$defs/x'"},
        {"{\"$ref\":\"https://example.com\"}", "$ref: expected '#' or '#/$defs/' and a name"},
        {"{\"not\":{\"$defs\":{}}}", "not.$defs: only the outermost schema may hold definitions"},
        {"[]", "expected a schema: an object, true or false"},
        {"{", "not JSON: expected a member's name at byte 1"},
        {"", "not JSON: the text ends where a value is due at byte 0"},
    };

    for (size_t i = 0; i < sizeof(rows) / sizeof(rows[0]); i++)
        assert_string_equal(compiles(rows[i].schema), rows[i].sentence);
    assert_string_equal(
        compiles("{\"title\":\"t\",\"default\":1,\"examples\":[1],\"$schema\":\"x\"}"), "");
}
