/* fuzz_json.c - what the scan accepts, the tree prints, and the scan accepts again; printing once
 * more changes nothing, and the walk meets as many values as the tree holds. */
#include "fuzz.h"

#include "base/err.h"
#include "base/json.h"

static const struct mn_json_limits limits = {.bytes = 1 << 16, .depth = 32, .values = 5000};

struct meeting {
    int values, open, keys;
};

static int on_key(void *owner, struct mn_str text)
{
    struct mn_buf name = {0};

    ((struct meeting *)owner)->keys++;
    MUST(mn_json_unquote(text, &name) == 0 && name.n <= text.n);
    mn_buf_free(&name);
    return 0;
}

static int on_scalar(void *owner, enum mn_json_kind kind, struct mn_str text)
{
    MUST(text.n > 0);
    if (kind == MN_JSON_STRING) {
        on_key(owner, text);
        ((struct meeting *)owner)->keys--;
    }
    ((struct meeting *)owner)->values++;
    return 0;
}

static int on_open(void *owner, enum mn_json_kind kind)
{
    MUST(kind == MN_JSON_ARRAY || kind == MN_JSON_OBJECT);
    ((struct meeting *)owner)->values++;
    ((struct meeting *)owner)->open++;
    return 0;
}

static int on_close(void *owner, enum mn_json_kind kind)
{
    MUST(kind == MN_JSON_ARRAY || kind == MN_JSON_OBJECT);
    ((struct meeting *)owner)->open--;
    return 0;
}

static int count(const struct mn_json *v)
{
    const struct mn_json *child;
    int n = 1;

    for (child = mn_json_first(v); child != NULL; child = mn_json_next(child))
        n += count(child);
    return n;
}

static struct mn_json *print_and_parse(const struct mn_json *v, struct mn_buf *text)
{
    struct mn_json *again;

    MUST(mn_json_print(v, text) == 0);
    MUST(mn_json_parse(&again, mn_buf_str(text), &mn_json_frame, NULL) == 0);
    return again;
}

int LLVMFuzzerTestOneInput(const uint8_t *bytes, size_t n)
{
    static const struct mn_json_visitor visitor = {on_key, on_scalar, on_open, on_close};
    struct mn_str text = {(const char *)bytes, n};
    struct mn_buf first = {0}, second = {0};
    struct mn_json *v, *again, *third;
    struct meeting met = {0};
    struct mn_json_fault fault;
    int err = mn_json_scan(text, &limits, &fault);

    MUST(fault.at <= n);
    MUST((err == 0) == (fault.what == NULL));
    MUST(mn_json_walk(text, &limits, &visitor, &met, NULL) == err);
    MUST(mn_json_parse(&v, text, &limits, NULL) == err);
    if (err != 0) {
        MUST(v == NULL && (err == MN_EJSON || err == MN_ELIMIT));
        return 0;
    }
    MUST(met.open == 0 && met.values == count(v));
    again = print_and_parse(v, &first);
    third = print_and_parse(again, &second);
    MUST(mn_str_same(mn_buf_str(&first), mn_buf_str(&second)));
    mn_json_free(v);
    mn_json_free(again);
    mn_json_free(third);
    mn_buf_free(&first);
    mn_buf_free(&second);
    return 0;
}
