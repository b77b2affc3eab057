/* schema_check.c - a value against a schema's tree.
 *
 * DESIGN  Each keyword is a small check that writes one sentence. The first that fails ends the
 * walk, so a sentence is written once, but for alternatives: theirs are collected aside.
 *
 * WHY STEPS ARE COUNTED  A schema may refer to itself, and alternatives that do so are tried in all
 * combinations; neither the value nor the schema alone bounds the work. */
#include "base/schema_say.h"

#include "base/err.h"
#include "base/nearest.h"
#include "base/utf8.h"

#include <errno.h>
#include <math.h>

#define STEPS_MAX       100000 /* nodes visited in one check */
#define DEPTH_MAX       200    /* nodes on the stack; a value is at most 64 deep */
#define MATCH_LIMIT     100000 /* backtracks in one pattern: some milliseconds */
#define MATCH_DEPTH     1000
#define LISTED_MAX      20  /* choices or names that are listed */
#define ALTERNATIVE_MAX 300 /* bytes said of one alternative */

struct check {
    struct mn_buf *why;
    int steps, depth;
};

static int check(struct check *c, const struct schema_node *node, const struct mn_json *v,
                 const struct schema_path *at);

static bool has_type(const struct schema_node *node, const struct mn_json *v)
{
    double n = 0.5;

    if (node->types == 0 || (node->types & 1u << mn_json_kind(v)) != 0)
        return true;
    mn_json_to_num(v, &n);
    return (node->types & MN_SCHEMA_WHOLE) != 0 && n == trunc(n);
}

static int check_choices(struct check *c, const struct schema_node *node, const struct mn_json *v,
                         const struct schema_path *at)
{
    const struct mn_json *choice;
    int listed = 0;

    for (choice = mn_json_first(node->choices); choice != NULL; choice = mn_json_next(choice)) {
        if (mn_json_same(choice, v))
            return 0;
    }
    mn_schema_add_path(at, c->why);
    mn_buf_add_text(c->why, mn_json_count(node->choices) == 1 ? "expected " : "expected one of ");
    choice = mn_json_first(node->choices);
    for (; choice != NULL && listed < LISTED_MAX; choice = mn_json_next(choice)) {
        mn_buf_add_text(c->why, listed++ > 0 ? ", " : "");
        mn_say_value(choice, c->why);
    }
    mn_buf_add_text(c->why, choice != NULL ? ", ..., got " : ", got ");
    mn_say_value(v, c->why);
    return MN_EPROTOCOL;
}

static int check_constant(struct check *c, const struct schema_node *node, const struct mn_json *v,
                          const struct schema_path *at)
{
    struct mn_buf text = {0};
    int err = 0;

    if (mn_json_same(node->constant, v))
        return 0;
    mn_json_print(node->constant, &text);
    err = text.err != 0 ? text.err : mn_say_expected(c->why, at, text.p, v);
    mn_buf_free(&text);
    return err;
}

static bool divides(double step, double n)
{
    double q = n / step, size = fabs(q) > 1 ? fabs(q) : 1;

    return fabs(q - round(q)) <= 1e-12 * size; /* 0.3 is a multiple of 0.1 to people */
}

static int check_number(struct check *c, const struct schema_node *node, const struct mn_json *v,
                        const struct schema_path *at)
{
    double n = 0;

    if (!mn_json_to_num(v, &n))
        return mn_say_expected(c->why, at, "a number that fits", v);
    if (node->minimum.set && n < node->minimum.n)
        return mn_say_expected_number(c->why, at, "at least ", node->minimum.n, v);
    if (node->maximum.set && n > node->maximum.n)
        return mn_say_expected_number(c->why, at, "at most ", node->maximum.n, v);
    if (node->above.set && n <= node->above.n)
        return mn_say_expected_number(c->why, at, "more than ", node->above.n, v);
    if (node->below.set && n >= node->below.n)
        return mn_say_expected_number(c->why, at, "less than ", node->below.n, v);
    if (node->step.set && !divides(node->step.n, n))
        return mn_say_expected_number(c->why, at, "a multiple of ", node->step.n, v);
    return 0;
}

static int match(const pcre2_code *pattern, struct mn_str text)
{
    pcre2_match_context *limits = pcre2_match_context_create(NULL);
    pcre2_match_data *found = pcre2_match_data_create(1, NULL);
    int rc = PCRE2_ERROR_NOMEMORY;

    if (limits != NULL && found != NULL) {
        pcre2_set_match_limit(limits, MATCH_LIMIT);
        pcre2_set_depth_limit(limits, MATCH_DEPTH);
        rc = pcre2_match(pattern, (PCRE2_SPTR)text.p, text.n, 0, 0, found, limits);
    }
    pcre2_match_data_free(found);
    pcre2_match_context_free(limits);
    return rc;
}

static int check_pattern(struct check *c, const struct schema_node *node, const struct mn_json *v,
                         const struct schema_path *at)
{
    int rc = match(node->pattern, mn_json_text(v));

    if (rc >= 0)
        return 0;
    if (rc == PCRE2_ERROR_NOMEMORY)
        return -ENOMEM;
    mn_schema_add_path(at, c->why);
    if (rc == PCRE2_ERROR_NOMATCH)
        mn_buf_addf(c->why, "expected text that matches %.*s, got ", MN_FMT(node->pattern_text));
    else
        mn_buf_addf(c->why, "takes too long to match with %.*s: ", MN_FMT(node->pattern_text));
    mn_say_value(v, c->why);
    return MN_EPROTOCOL;
}

static int check_string(struct check *c, const struct schema_node *node, const struct mn_json *v,
                        const struct schema_path *at)
{
    struct mn_str text = mn_json_text(v);
    bool counted = node->min_length.set || node->max_length.set;
    size_t length = counted ? mn_utf8_count(text) : 0;

    if (node->min_length.set && (double)length < node->min_length.n)
        return mn_say_expected_count(c->why, at, "at least", node->min_length.n, "character",
                                     length);
    if (node->max_length.set && (double)length > node->max_length.n)
        return mn_say_expected_count(c->why, at, "at most", node->max_length.n, "character",
                                     length);
    if (node->format != NULL && !node->format->holds(text))
        return mn_say_expected(c->why, at, node->format->expected, v);
    return node->pattern != NULL ? check_pattern(c, node, v, at) : 0;
}

static int check_array(struct check *c, const struct schema_node *node, const struct mn_json *v,
                       const struct schema_path *at)
{
    const struct schema_node *prefix = node->prefix;
    const struct mn_json *element = mn_json_first(v);
    size_t count = (size_t)mn_json_count(v);
    int index = 0, err = 0;

    if (node->min_items.set && (double)count < node->min_items.n)
        return mn_say_expected_count(c->why, at, "at least", node->min_items.n, "element", count);
    if (node->max_items.set && (double)count > node->max_items.n)
        return mn_say_expected_count(c->why, at, "at most", node->max_items.n, "element", count);
    for (; element != NULL && err == 0; element = mn_json_next(element)) {
        struct schema_path here = {at, {NULL, 0}, index++};
        const struct schema_node *one = prefix != NULL ? prefix : node->items;

        prefix = prefix != NULL ? prefix->sibling : NULL;
        if (one != NULL)
            err = check(c, one, element, &here);
    }
    return err;
}

static const struct schema_node *property(const struct schema_node *node, struct mn_str name)
{
    const struct schema_node *found = node->properties;

    while (found != NULL && !mn_str_same(found->name, name))
        found = found->sibling;
    return found;
}

static int unknown_property(struct check *c, const struct schema_node *node,
                            const struct schema_path *at)
{
    const struct schema_node *known = node->properties;
    const char *names[LISTED_MAX + 1], *guess;
    int count = 0;

    for (; known != NULL && count < LISTED_MAX; known = known->sibling)
        names[count++] = known->name.p;
    names[count] = NULL;
    guess = mn_nearest(at->key, names);
    mn_schema_add_path(at, c->why);
    mn_buf_add_text(c->why, "is not a known property");
    if (guess != NULL) {
        mn_buf_addf(c->why, " (did you mean %s?)", guess);
        return MN_EPROTOCOL;
    }
    for (int i = 0; i < count; i++)
        mn_buf_addf(c->why, "%s%s", i == 0 ? "; known are " : ", ", names[i]);
    return MN_EPROTOCOL;
}

/* Members first, then what is missing: of a misspelled name, the suggestion helps more. */
static int check_object(struct check *c, const struct schema_node *node, const struct mn_json *v,
                        const struct schema_path *at)
{
    const struct mn_json *member, *name;
    int err = 0;

    for (member = mn_json_first(v); member != NULL && err == 0; member = mn_json_next(member)) {
        struct schema_path here = {at, mn_json_key(member), 0};
        const struct schema_node *one = property(node, here.key);

        if (one == NULL)
            one = node->others;
        if (one != NULL && one == node->others && one->never)
            err = unknown_property(c, node, &here);
        else if (one != NULL)
            err = check(c, one, member, &here);
    }
    for (name = mn_json_first(node->required); name != NULL && err == 0;
         name = mn_json_next(name)) {
        struct schema_path here = {at, mn_json_text(name), 0};

        if (mn_json_get(v, here.key.p) == NULL) {
            mn_schema_add_path(&here, c->why);
            mn_buf_add_text(c->why, "is missing");
            err = MN_EPROTOCOL;
        }
    }
    return err;
}

static int check_kind(struct check *c, const struct schema_node *node, const struct mn_json *v,
                      const struct schema_path *at)
{
    switch (mn_json_kind(v)) {
    case MN_JSON_NUMBER:
        return check_number(c, node, v, at);
    case MN_JSON_STRING:
        return check_string(c, node, v, at);
    case MN_JSON_ARRAY:
        return check_array(c, node, v, at);
    case MN_JSON_OBJECT:
        return check_object(c, node, v, at);
    default:
        return 0;
    }
}

/* Counts which alternatives hold; says of each that does not why, aside. Stops at an error that is
 * not the value's fault. */
static int count_matches(struct check *c, const struct schema_node *list, const struct mn_json *v,
                         const struct schema_path *at, int enough, int *matches,
                         struct mn_buf *reasons)
{
    int index = 0;

    *matches = 0;
    for (; list != NULL && *matches < enough; list = list->sibling) {
        struct mn_buf reason = {.limit = ALTERNATIVE_MAX}, *outer = c->why;
        int err;

        c->why = &reason;
        err = check(c, list, v, at);
        c->why = outer;
        *matches += err == 0;
        if (err == MN_EPROTOCOL)
            mn_buf_addf(reasons, "%s(%d) %.*s", index > 0 ? "; " : "", index + 1,
                        MN_FMT(mn_buf_str(&reason)));
        index++;
        mn_buf_free(&reason);
        if (err != 0 && err != MN_EPROTOCOL)
            return err;
    }
    return 0;
}

static int check_alternatives(struct check *c, const struct schema_node *list, bool exactly_one,
                              const struct mn_json *v, const struct schema_path *at)
{
    struct mn_buf reasons = {.limit = ALTERNATIVE_MAX * 5};
    int matches, err;

    err = count_matches(c, list, v, at, exactly_one ? 2 : 1, &matches, &reasons);
    if (err == 0 && matches == 0) {
        mn_schema_add_path(at, c->why);
        mn_buf_addf(c->why, "fits none of the alternatives: %.*s", MN_FMT(mn_buf_str(&reasons)));
        err = MN_EPROTOCOL;
    } else if (err == 0 && matches > 1 && exactly_one) {
        mn_schema_add_path(at, c->why);
        mn_buf_add_text(c->why, "fits more than one of the alternatives, and must fit just one");
        err = MN_EPROTOCOL;
    }
    mn_buf_free(&reasons);
    return err;
}

static int check_excluded(struct check *c, const struct schema_node *node, const struct mn_json *v,
                          const struct schema_path *at)
{
    struct mn_buf ignored = {0};
    int matches, err;

    err = count_matches(c, node->excluded, v, at, 1, &matches, &ignored);
    mn_buf_free(&ignored);
    return err == 0 && matches != 0 ? mn_say_expected(c->why, at, "another value", v) : err;
}

static int check_combined(struct check *c, const struct schema_node *node, const struct mn_json *v,
                          const struct schema_path *at)
{
    const struct schema_node *part;
    int err = 0;

    for (part = node->all; part != NULL && err == 0; part = part->sibling)
        err = check(c, part, v, at);
    if (err == 0 && node->any != NULL)
        err = check_alternatives(c, node->any, false, v, at);
    if (err == 0 && node->one != NULL)
        err = check_alternatives(c, node->one, true, v, at);
    if (err == 0 && node->excluded != NULL)
        err = check_excluded(c, node, v, at);
    if (err == 0 && node->ref != NULL)
        err = check(c, node->ref, v, at);
    return err;
}

static int check_node(struct check *c, const struct schema_node *node, const struct mn_json *v,
                      const struct schema_path *at)
{
    int err = 0;

    if (node->never)
        return mn_say_expected(c->why, at, "nothing here", v);
    if (!has_type(node, v))
        return mn_say_wrong_type(c->why, node, v, at);
    if (node->constant != NULL)
        err = check_constant(c, node, v, at);
    if (err == 0 && node->choices != NULL)
        err = check_choices(c, node, v, at);
    if (err == 0)
        err = check_kind(c, node, v, at);
    return err == 0 ? check_combined(c, node, v, at) : err;
}

static int check(struct check *c, const struct schema_node *node, const struct mn_json *v,
                 const struct schema_path *at)
{
    int err;

    if (c->depth >= DEPTH_MAX || c->steps >= STEPS_MAX)
        return MN_ELIMIT;
    c->depth++;
    c->steps++;
    err = check_node(c, node, v, at);
    c->depth--;
    return err;
}

int mn_schema_check(const struct mn_schema *s, const struct mn_json *value, struct mn_buf *why)
{
    struct schema_path outermost = {NULL, {NULL, 0}, 0};
    struct check c = {why, 0, 0};
    int err = check(&c, s->root, value, &outermost);

    if (err == MN_ELIMIT)
        mn_buf_add_text(why, "too much to check: the schema refers to itself too often");
    return err;
}
