/* fuzz_schema.c - the input is a schema on one line, then a value: a refusal has its sentence, an
 * acceptance none, and the answer is the same twice. */
#include "fuzz.h"

#include "base/err.h"
#include "base/schema.h"

#include <string.h>

static const struct mn_json_limits limits = {.bytes = 1 << 14, .depth = 32, .values = 500};

static void check(const struct mn_schema *s, const struct mn_json *value)
{
    struct mn_buf why = {0}, again = {0};
    int err = mn_schema_check(s, value, &why);

    MUST(err == 0 || err == MN_EPROTOCOL || err == MN_ELIMIT);
    MUST((err == 0) == (why.n == 0));
    MUST(mn_schema_check(s, value, &again) == err);
    MUST(mn_str_same(mn_buf_str(&why), mn_buf_str(&again)));
    mn_buf_free(&why);
    mn_buf_free(&again);
}

int LLVMFuzzerTestOneInput(const uint8_t *bytes, size_t n)
{
    const char *text = (const char *)bytes, *split = n != 0 ? memchr(text, '\n', n) : NULL;
    struct mn_str schema = {text, split != NULL ? (size_t)(split - text) : n};
    struct mn_str value = {split, split != NULL ? n - schema.n : 0};
    struct mn_buf why = {0};
    struct mn_schema *s;
    struct mn_json *v;

    MUST((mn_schema_compile(&s, schema, &why) == 0) == (why.n == 0));
    MUST((s == NULL) == (why.n != 0));
    if (s != NULL && mn_json_parse(&v, value, &limits, NULL) == 0) {
        check(s, v);
        mn_json_free(v);
    }
    mn_schema_free(s);
    mn_buf_free(&why);
    return 0;
}
