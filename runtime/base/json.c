/* json.c - the tree behind json.h: cJSON, fed only with what the scan has passed.
 *
 * struct mn_json is cJSON under another name: never completed, only cast here. What cJSON would do
 * wrongly is either refused by the scan (NUL, bad UTF-8, long numbers, depth) or not used: its
 * lookup by ASCII-folded name, its int values, its printer. */
#include "base/json.h"

#include "base/err.h"
#include "base/json_write.h"

#include <cjson/cJSON.h>
#include <errno.h>
#include <math.h>

#define EXACT 9007199254740992.0 /* 2^53: from here on a double may stand for a neighbour */

static const cJSON *node(const struct mn_json *v)
{
    return (const cJSON *)v;
}

static const struct mn_json *face(const cJSON *v)
{
    return (const struct mn_json *)v;
}

int mn_json_parse(struct mn_json **out, struct mn_str text, const struct mn_json_limits *limits,
                  struct mn_json_fault *why)
{
    int err;

    *out = NULL;
    err = mn_json_scan(text, limits, why);
    if (err != 0)
        return err;
    *out = (struct mn_json *)cJSON_ParseWithLength(text.p, text.n);
    return *out != NULL ? 0 : -ENOMEM; /* the scan has passed it, so nothing else is left */
}

void mn_json_free(struct mn_json *v)
{
    cJSON_Delete((cJSON *)v);
}

enum mn_json_kind mn_json_kind(const struct mn_json *v)
{
    if (v == NULL)
        return MN_JSON_ABSENT;
    switch (node(v)->type & 0xff) {
    case cJSON_NULL:
        return MN_JSON_NULL;
    case cJSON_True:
    case cJSON_False:
        return MN_JSON_BOOL;
    case cJSON_Number:
        return MN_JSON_NUMBER;
    case cJSON_String:
        return MN_JSON_STRING;
    case cJSON_Array:
        return MN_JSON_ARRAY;
    case cJSON_Object:
        return MN_JSON_OBJECT;
    default:
        return MN_JSON_ABSENT;
    }
}

const char *mn_json_kind_name(enum mn_json_kind kind)
{
    static const char *const names[] = {"nothing", "null",  "boolean", "number",
                                        "string",  "array", "object"};

    return names[kind];
}

const struct mn_json *mn_json_get(const struct mn_json *object, const char *key)
{
    if (mn_json_kind(object) != MN_JSON_OBJECT)
        return NULL;
    return face(cJSON_GetObjectItemCaseSensitive(node(object), key));
}

const struct mn_json *mn_json_first(const struct mn_json *v)
{
    enum mn_json_kind kind = mn_json_kind(v);

    return kind == MN_JSON_ARRAY || kind == MN_JSON_OBJECT ? face(node(v)->child) : NULL;
}

const struct mn_json *mn_json_next(const struct mn_json *v)
{
    return v != NULL ? face(node(v)->next) : NULL;
}

struct mn_str mn_json_key(const struct mn_json *v)
{
    return mn_str(v != NULL ? node(v)->string : NULL);
}

int mn_json_count(const struct mn_json *v)
{
    int count = 0;

    for (v = mn_json_first(v); v != NULL; v = mn_json_next(v))
        count++;
    return count;
}

struct mn_str mn_json_text(const struct mn_json *v)
{
    return mn_str(mn_json_kind(v) == MN_JSON_STRING ? node(v)->valuestring : NULL);
}

bool mn_json_to_int(const struct mn_json *v, int64_t *out)
{
    double n;

    if (!mn_json_to_num(v, &n) || n != trunc(n) || fabs(n) >= EXACT)
        return false;
    *out = (int64_t)n;
    return true;
}

bool mn_json_to_num(const struct mn_json *v, double *out)
{
    if (mn_json_kind(v) != MN_JSON_NUMBER || !isfinite(node(v)->valuedouble))
        return false;
    *out = node(v)->valuedouble;
    return true;
}

bool mn_json_to_bool(const struct mn_json *v, bool *out)
{
    if (mn_json_kind(v) != MN_JSON_BOOL)
        return false;
    *out = cJSON_IsTrue(node(v));
    return true;
}

/* Equal counts do not prove equal names: a name may stand twice. */
static bool same_members(const struct mn_json *a, const struct mn_json *b)
{
    const struct mn_json *member;

    for (member = mn_json_first(a); member != NULL; member = mn_json_next(member)) {
        if (mn_json_get(b, node(member)->string) == NULL)
            return false;
    }
    for (member = mn_json_first(b); member != NULL; member = mn_json_next(member)) {
        if (!mn_json_same(mn_json_get(a, node(member)->string), member))
            return false;
    }
    return true;
}

static bool same_elements(const struct mn_json *a, const struct mn_json *b)
{
    a = mn_json_first(a);
    b = mn_json_first(b);
    while (a != NULL && b != NULL && mn_json_same(a, b)) {
        a = mn_json_next(a);
        b = mn_json_next(b);
    }
    return a == NULL && b == NULL;
}

bool mn_json_same(const struct mn_json *a, const struct mn_json *b)
{
    enum mn_json_kind kind = mn_json_kind(a);

    if (kind != mn_json_kind(b))
        return false;
    switch (kind) {
    case MN_JSON_NUMBER:
        return node(a)->valuedouble == node(b)->valuedouble;
    case MN_JSON_STRING:
        return mn_str_same(mn_json_text(a), mn_json_text(b));
    case MN_JSON_BOOL:
        return cJSON_IsTrue(node(a)) == cJSON_IsTrue(node(b));
    case MN_JSON_ARRAY:
        return same_elements(a, b);
    case MN_JSON_OBJECT:
        return mn_json_count(a) == mn_json_count(b) && same_members(a, b);
    default:
        return true;
    }
}

static void print_scalar(const struct mn_json *v, struct mn_buf *out)
{
    bool yes = false;

    switch (mn_json_kind(v)) {
    case MN_JSON_STRING:
        mn_json_quote(out, mn_json_text(v));
        break;
    case MN_JSON_NUMBER:
        mn_json_number(out, node(v)->valuedouble);
        break;
    case MN_JSON_BOOL:
        mn_json_to_bool(v, &yes);
        mn_buf_add_text(out, yes ? "true" : "false");
        break;
    default:
        mn_buf_add_text(out, "null");
    }
}

int mn_json_print(const struct mn_json *v, struct mn_buf *out)
{
    enum mn_json_kind kind = mn_json_kind(v);
    const struct mn_json *child;

    if (kind != MN_JSON_ARRAY && kind != MN_JSON_OBJECT) {
        print_scalar(v, out);
        return out->err;
    }
    mn_buf_add_byte(out, kind == MN_JSON_OBJECT ? '{' : '[');
    for (child = mn_json_first(v); child != NULL; child = mn_json_next(child)) {
        if (child != mn_json_first(v))
            mn_buf_add_byte(out, ',');
        if (kind == MN_JSON_OBJECT) {
            mn_json_quote(out, mn_json_key(child));
            mn_buf_add_byte(out, ':');
        }
        mn_json_print(child, out); /* as deep as the scan let it be */
    }
    return mn_buf_add_byte(out, kind == MN_JSON_OBJECT ? '}' : ']');
}
