/* schema_compile.c - from a schema's JSON to its tree.
 *
 * DESIGN  One table of keywords: each row says how its value is read and which field it fills. A
 * word that is in no row is refused with its path, since a constraint that is silently ignored is
 * found out in a call. References are looked up when everything is made. */
#include "base/schema_tree.h"

#include "base/err.h"
#include "base/nearest.h"

#include <errno.h>
#include <stdlib.h>

#define PATTERN_MAX 2000 /* characters */

/* A schema of 1 MiB is larger than any session the Realtime API takes. */
static const struct mn_json_limits limits = {.bytes = 1 << 20, .depth = 64, .values = 20000};

struct compiler {
    struct mn_schema *schema;
    struct mn_buf *why;
};

typedef int read_fn(struct compiler *c, struct schema_node *node, size_t field,
                    const struct mn_json *value, const struct schema_path *at);

static int compile(struct compiler *c, struct schema_node **out, const struct mn_json *value,
                   const struct schema_path *at);

static int refuse(struct compiler *c, const struct schema_path *at, const char *sentence)
{
    mn_schema_add_path(at, c->why);
    mn_buf_add_text(c->why, sentence);
    return MN_ECONFIG;
}

/* 'tipe' is not known here: says so and offers the nearest of words. */
static int unknown(struct compiler *c, const struct schema_path *at, const char *what,
                   struct mn_str word, const char *const *words)
{
    const char *guess = mn_nearest(word, words);

    mn_schema_add_path(at, c->why);
    mn_buf_addf(c->why, "unknown %s '%.*s'", what, MN_FMT(word));
    if (guess != NULL)
        mn_buf_addf(c->why, " (did you mean '%s'?)", guess);
    return MN_ECONFIG;
}

static void *field_of(struct schema_node *node, size_t field)
{
    return (char *)node + field;
}

static int read_type_name(struct compiler *c, struct schema_node *node, const struct mn_json *value,
                          const struct schema_path *at)
{
    static const char *const names[] = {"null",  "boolean", "number",  "string",
                                        "array", "object",  "integer", NULL};
    static const unsigned bits[] = {1u << MN_JSON_NULL,   1u << MN_JSON_BOOL,  1u << MN_JSON_NUMBER,
                                    1u << MN_JSON_STRING, 1u << MN_JSON_ARRAY, 1u << MN_JSON_OBJECT,
                                    MN_SCHEMA_WHOLE};
    struct mn_str name = mn_json_text(value);

    if (mn_json_kind(value) != MN_JSON_STRING)
        return refuse(c, at, "expected the name of a type, or a list of names");
    for (int i = 0; names[i] != NULL; i++) {
        if (mn_str_is(name, names[i])) {
            node->types |= bits[i];
            return 0;
        }
    }
    return unknown(c, at, "type", name, names);
}

static int read_type(struct compiler *c, struct schema_node *node, size_t field,
                     const struct mn_json *value, const struct schema_path *at)
{
    const struct mn_json *name = mn_json_first(value);
    int err = 0;

    (void)field;
    if (mn_json_kind(value) != MN_JSON_ARRAY)
        return read_type_name(c, node, value, at);
    if (name == NULL)
        return refuse(c, at, "expected at least one type");
    for (; name != NULL && err == 0; name = mn_json_next(name))
        err = read_type_name(c, node, name, at);
    return err;
}

static int read_any(struct compiler *c, struct schema_node *node, size_t field,
                    const struct mn_json *value, const struct schema_path *at)
{
    (void)c, (void)at;
    *(const struct mn_json **)field_of(node, field) = value;
    return 0;
}

static int read_choices(struct compiler *c, struct schema_node *node, size_t field,
                        const struct mn_json *value, const struct schema_path *at)
{
    if (mn_json_kind(value) != MN_JSON_ARRAY || mn_json_first(value) == NULL)
        return refuse(c, at, "expected a list of at least one value");
    return read_any(c, node, field, value, at);
}

static int read_names(struct compiler *c, struct schema_node *node, size_t field,
                      const struct mn_json *value, const struct schema_path *at)
{
    const struct mn_json *name;

    if (mn_json_kind(value) != MN_JSON_ARRAY)
        return refuse(c, at, "expected a list of names");
    for (name = mn_json_first(value); name != NULL; name = mn_json_next(name)) {
        if (mn_json_kind(name) != MN_JSON_STRING)
            return refuse(c, at, "expected a list of names");
    }
    return read_any(c, node, field, value, at);
}

static int read_number(struct compiler *c, struct schema_node *node, size_t field,
                       const struct mn_json *value, const struct schema_path *at)
{
    struct schema_bound *bound = field_of(node, field);

    bound->set = mn_json_to_num(value, &bound->n);
    return bound->set ? 0 : refuse(c, at, "expected a number");
}

static int read_positive(struct compiler *c, struct schema_node *node, size_t field,
                         const struct mn_json *value, const struct schema_path *at)
{
    double n = 0;

    if (!mn_json_to_num(value, &n) || n <= 0)
        return refuse(c, at, "expected a number above 0");
    return read_number(c, node, field, value, at);
}

static int read_count(struct compiler *c, struct schema_node *node, size_t field,
                      const struct mn_json *value, const struct schema_path *at)
{
    int64_t n = -1;

    if (!mn_json_to_int(value, &n) || n < 0)
        return refuse(c, at, "expected a whole number, 0 or more");
    return read_number(c, node, field, value, at);
}

static int read_pattern(struct compiler *c, struct schema_node *node, size_t field,
                        const struct mn_json *value, const struct schema_path *at)
{
    /* The options that bring Perl's dialect closest to ECMA-262, which JSON Schema means. */
    const uint32_t options = PCRE2_UTF | PCRE2_DOLLAR_ENDONLY | PCRE2_ALT_BSUX |
                             PCRE2_MATCH_UNSET_BACKREF | PCRE2_NEVER_BACKSLASH_C;
    struct mn_str text = mn_json_text(value);
    PCRE2_SIZE where = 0;
    PCRE2_UCHAR message[128] = "";
    int code = 0;

    (void)field;
    if (mn_json_kind(value) != MN_JSON_STRING)
        return refuse(c, at, "expected a regular expression");
    if (text.n > PATTERN_MAX)
        return refuse(c, at, "the pattern is too long (over 2000 characters)");
    node->pattern_text = text;
    node->pattern = pcre2_compile((PCRE2_SPTR)text.p, text.n, options, &code, &where, NULL);
    if (node->pattern != NULL)
        return 0;
    pcre2_get_error_message(code, message, sizeof(message));
    mn_schema_add_path(at, c->why);
    mn_buf_addf(c->why, "not a regular expression: %s at character %zu", (const char *)message,
                (size_t)where + 1);
    return MN_ECONFIG;
}

static int read_format(struct compiler *c, struct schema_node *node, size_t field,
                       const struct mn_json *value, const struct schema_path *at)
{
    const char *names[MN_SCHEMA_FORMATS_MAX];

    (void)field;
    node->format = mn_schema_format(mn_json_text(value));
    if (node->format != NULL)
        return 0;
    if (mn_json_kind(value) != MN_JSON_STRING)
        return refuse(c, at, "expected the name of a format");
    mn_schema_format_names(names);
    return unknown(c, at, "format", mn_json_text(value), names);
}

static int read_schema(struct compiler *c, struct schema_node *node, size_t field,
                       const struct mn_json *value, const struct schema_path *at)
{
    return compile(c, field_of(node, field), value, at);
}

/* Reads the members of an object, or the elements of an array, into a list in the same order. */
static int read_list(struct compiler *c, struct schema_node **tail, const struct mn_json *list,
                     const struct schema_path *at)
{
    bool named = mn_json_kind(list) == MN_JSON_OBJECT;
    const struct mn_json *value;
    int index = 0, err = 0;

    for (value = mn_json_first(list); value != NULL && err == 0; value = mn_json_next(value)) {
        struct schema_path here = {at, {NULL, 0}, index++};

        if (named)
            here.key = mn_json_key(value);
        err = compile(c, tail, value, &here);
        if (err == 0) {
            (*tail)->name = here.key;
            tail = &(*tail)->sibling;
        }
    }
    return err;
}

static int read_schemas(struct compiler *c, struct schema_node *node, size_t field,
                        const struct mn_json *value, const struct schema_path *at)
{
    if (mn_json_kind(value) != MN_JSON_ARRAY || mn_json_first(value) == NULL)
        return refuse(c, at, "expected a list of at least one schema");
    return read_list(c, field_of(node, field), value, at);
}

static int read_named(struct compiler *c, struct schema_node *node, size_t field,
                      const struct mn_json *value, const struct schema_path *at)
{
    if (mn_json_kind(value) != MN_JSON_OBJECT)
        return refuse(c, at, "expected an object of schemas");
    return read_list(c, field_of(node, field), value, at);
}

static int read_definitions(struct compiler *c, struct schema_node *node, size_t field,
                            const struct mn_json *value, const struct schema_path *at)
{
    (void)field;
    if (node != c->schema->root)
        return refuse(c, at, "only the outermost schema may hold definitions");
    if (mn_json_kind(value) != MN_JSON_OBJECT)
        return refuse(c, at, "expected an object of schemas");
    return read_list(c, &c->schema->definitions, value, at);
}

static int read_ref(struct compiler *c, struct schema_node *node, size_t field,
                    const struct mn_json *value, const struct schema_path *at)
{
    struct mn_str text = mn_json_text(value);

    (void)field;
    if (!mn_str_is(text, "#") && !mn_str_starts(text, MN_STR("#/$defs/")))
        return refuse(c, at, "expected '#' or '#/$defs/' and a name");
    node->ref_text = text;
    return 0;
}

static int read_nothing(struct compiler *c, struct schema_node *node, size_t field,
                        const struct mn_json *value, const struct schema_path *at)
{
    (void)c, (void)node, (void)field, (void)value, (void)at;
    return 0;
}

#define FIELD(name) offsetof(struct schema_node, name)
static const struct keyword {
    const char *name;
    read_fn *read;
    size_t field;
} keywords[] = {
    {"type", read_type},
    {"enum", read_choices, FIELD(choices)},
    {"const", read_any, FIELD(constant)},
    {"properties", read_named, FIELD(properties)},
    {"required", read_names, FIELD(required)},
    {"additionalProperties", read_schema, FIELD(others)},
    {"items", read_schema, FIELD(items)},
    {"prefixItems", read_schemas, FIELD(prefix)},
    {"minItems", read_count, FIELD(min_items)},
    {"maxItems", read_count, FIELD(max_items)},
    {"minimum", read_number, FIELD(minimum)},
    {"maximum", read_number, FIELD(maximum)},
    {"exclusiveMinimum", read_number, FIELD(above)},
    {"exclusiveMaximum", read_number, FIELD(below)},
    {"multipleOf", read_positive, FIELD(step)},
    {"minLength", read_count, FIELD(min_length)},
    {"maxLength", read_count, FIELD(max_length)},
    {"pattern", read_pattern},
    {"format", read_format},
    {"anyOf", read_schemas, FIELD(any)},
    {"oneOf", read_schemas, FIELD(one)},
    {"allOf", read_schemas, FIELD(all)},
    {"not", read_schema, FIELD(excluded)},
    {"$ref", read_ref},
    {"$defs", read_definitions},
    /* Words for people and models; they constrain nothing. */
    {"title", read_nothing},
    {"description", read_nothing},
    {"default", read_nothing},
    {"examples", read_nothing},
    {"deprecated", read_nothing},
    {"$comment", read_nothing},
    {"$schema", read_nothing},
};
#define KEYWORDS (sizeof(keywords) / sizeof(keywords[0]))

static int read_keyword(struct compiler *c, struct schema_node *node, const struct mn_json *value,
                        const struct schema_path *at)
{
    struct schema_path here = {at, mn_json_key(value), 0};
    const char *names[KEYWORDS + 1];

    for (size_t i = 0; i < KEYWORDS; i++) {
        if (mn_str_is(here.key, keywords[i].name))
            return keywords[i].read(c, node, keywords[i].field, value, &here);
        names[i] = keywords[i].name;
    }
    names[KEYWORDS] = NULL;
    return unknown(c, at, "keyword", here.key, names);
}

static struct schema_node *make(struct mn_schema *schema)
{
    struct schema_node *node = calloc(1, sizeof(*node));

    if (node != NULL) {
        node->made = schema->made;
        schema->made = node;
    }
    return node;
}

static int compile(struct compiler *c, struct schema_node **out, const struct mn_json *value,
                   const struct schema_path *at)
{
    const struct mn_json *member;
    bool anything = false;
    int err = 0;

    *out = make(c->schema);
    if (*out == NULL)
        return -ENOMEM;
    if (mn_json_to_bool(value, &anything)) {
        (*out)->never = !anything;
        return 0;
    }
    if (mn_json_kind(value) != MN_JSON_OBJECT)
        return refuse(c, at, "expected a schema: an object, true or false");
    for (member = mn_json_first(value); member != NULL && err == 0; member = mn_json_next(member)) {
        struct schema_path here = {at, mn_json_key(member), 0};

        if (mn_json_get(value, here.key.p) != member)
            return refuse(c, &here, "given twice");
        err = read_keyword(c, *out, member, at);
    }
    return err;
}

static struct schema_node *definition(const struct mn_schema *schema, struct mn_str ref)
{
    const size_t prefix = strlen("#/$defs/");
    struct schema_node *node = schema->definitions;

    if (mn_str_is(ref, "#"))
        return schema->root;
    while (node != NULL &&
           !mn_str_same(node->name, (struct mn_str){ref.p + prefix, ref.n - prefix}))
        node = node->sibling;
    return node;
}

static int resolve(struct compiler *c)
{
    struct schema_node *node;

    for (node = c->schema->made; node != NULL; node = node->made) {
        if (node->ref_text.p == NULL)
            continue;
        node->ref = definition(c->schema, node->ref_text);
        if (node->ref == NULL) {
            mn_buf_addf(c->why, "$ref: there is no '%.*s'", MN_FMT(node->ref_text));
            return MN_ECONFIG;
        }
    }
    return 0;
}

int mn_schema_compile(struct mn_schema **out, struct mn_str text, struct mn_buf *why)
{
    struct compiler c = {NULL, why};
    struct schema_path outermost = {NULL, {NULL, 0}, 0};
    struct mn_json_fault fault;
    int err;

    *out = NULL;
    c.schema = calloc(1, sizeof(*c.schema));
    if (c.schema == NULL)
        return -ENOMEM;
    err = mn_json_parse(&c.schema->document, text, &limits, &fault);
    if (err == MN_EJSON || err == MN_ELIMIT)
        mn_buf_addf(why, "not JSON: %s at byte %zu", fault.what, fault.at);
    if (err != 0)
        goto fail;
    err = compile(&c, &c.schema->root, c.schema->document, &outermost);
    if (err == 0)
        err = resolve(&c);
    if (err != 0)
        goto fail;
    *out = c.schema;
    return 0;

fail:
    mn_schema_free(c.schema);
    return err;
}

void mn_schema_free(struct mn_schema *s)
{
    if (s == NULL)
        return;
    while (s->made != NULL) {
        struct schema_node *node = s->made;

        s->made = node->made;
        pcre2_code_free(node->pattern);
        free(node);
    }
    mn_json_free(s->document);
    free(s);
}
