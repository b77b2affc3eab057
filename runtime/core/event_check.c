/* event_check.c - walks an event's tree beside its shape.
 *
 * DESIGN  The walk carries the way it came as a list on the stack, so that a path such as
 * "item.content[0].text" costs nothing until there is something to complain about. Shapes do not
 * recurse, so the walk goes no deeper than they do, however deep the tree.
 *
 * A union is decided by the kind of the value, then by what its "type" and its "role" say: the
 * fields by which the API tells its own unions apart. The first shape left is checked as if it
 * stood alone. */
#include "core/event_check.h"

#include "core/event_fault.h"
#include "core/event_shape.h"

#include <assert.h>
#include <stdio.h>

#define CHOICES_MAX 16 /* of a union; the widest has 10 */

struct check {
    struct mn_fault *why;
    bool from_client;
};

static int check_value(const struct check *c, const struct mn_shape *shape, const struct mn_json *v,
                       const struct mn_place *at);

static bool has_word(const char *const *words, struct mn_str word)
{
    while (*words != NULL && !mn_str_is(word, *words))
        words++;
    return *words != NULL;
}

static int check_string(const struct check *c, const struct mn_shape *shape,
                        const struct mn_json *v, const struct mn_place *at)
{
    struct mn_str text = mn_json_text(v);
    int count = 0;

    if (shape->words != NULL && !has_word(shape->words, text)) {
        while (shape->words[count] != NULL)
            count++;
        return mn_fault_word(c->why, at, shape->words, count, text);
    }
    if (shape->most_bytes != 0 && text.n > shape->most_bytes)
        return mn_fault_long_string(c->why, at, shape->most_bytes, text.n);
    return 0;
}

static int check_number(const struct check *c, const struct mn_shape *shape,
                        const struct mn_json *v, const struct mn_place *at)
{
    double n = 0;

    mn_json_to_num(v, &n);
    if (n >= shape->min && n <= shape->max)
        return 0;
    return mn_fault_range(c->why, at, shape->kind == MN_SHAPE_INTEGER, shape->min, shape->max, n);
}

/* The elements of an array, or the members of a map. */
static int check_items(const struct check *c, const struct mn_shape *shape, const struct mn_json *v,
                       const struct mn_place *at)
{
    struct mn_place here = {.up = at};
    const struct mn_json *one;
    int err = 0, n = mn_json_count(v);
    bool array = shape->kind == MN_SHAPE_ARRAY;

    if (shape->most != 0 && n > shape->most)
        return array ? mn_fault_long_array(c->why, at, shape->most, n)
                     : mn_fault_long_object(c->why, at, shape->most, n);
    for (one = mn_json_first(v); one != NULL && err == 0; one = mn_json_next(one), here.index++) {
        if (!array)
            here.key = mn_json_key(one);
        err = check_value(c, shape->items, one, &here);
    }
    return err;
}

static int check_member(const struct check *c, const struct mn_member *m,
                        const struct mn_json *object, const struct mn_place *at)
{
    const struct mn_place here = {.up = at, .key = mn_str(m->name)};
    const struct mn_json *v = mn_json_get(object, m->name);

    if (v == NULL)
        return m->need == MN_REQUIRED ? mn_fault_missing(c->why, &here) : 0;
    if (m->need == MN_NULLABLE && mn_json_kind(v) == MN_JSON_NULL)
        return 0;
    return check_value(c, m->shape, v, &here);
}

static const struct mn_member *find_member(const struct mn_shape *shape, const char *name)
{
    const struct mn_member *m = shape->members;

    while (m != NULL && m->name != NULL && strcmp(m->name, name) != 0)
        m++;
    return m != NULL && m->name != NULL ? m : NULL;
}

static int refuse_others(const struct check *c, const struct mn_shape *shape,
                         const struct mn_json *v, const struct mn_place *at)
{
    struct mn_place here = {.up = at};
    const struct mn_json *one;

    for (one = mn_json_first(v); one != NULL; one = mn_json_next(one)) {
        here.key = mn_json_key(one);
        if (find_member(shape, here.key.p) == NULL)
            return mn_fault_unknown(c->why, &here);
    }
    return 0;
}

static int check_object(const struct check *c, const struct mn_shape *shape,
                        const struct mn_json *v, const struct mn_place *at)
{
    const struct mn_member *m;
    int err = 0;

    if (shape->items != NULL)
        return check_items(c, shape, v, at);
    for (m = shape->members; m != NULL && m->name != NULL && err == 0; m++)
        err = check_member(c, m, v, at);
    if (err == 0 && shape->closed && c->from_client)
        err = refuse_others(c, shape, v, at);
    return err;
}

static bool fits(const struct mn_shape *shape, const struct mn_json *v)
{
    static const enum mn_json_kind kinds[] = {
        [MN_SHAPE_STRING] = MN_JSON_STRING, [MN_SHAPE_INTEGER] = MN_JSON_NUMBER,
        [MN_SHAPE_NUMBER] = MN_JSON_NUMBER, [MN_SHAPE_BOOLEAN] = MN_JSON_BOOL,
        [MN_SHAPE_ARRAY] = MN_JSON_ARRAY,   [MN_SHAPE_OBJECT] = MN_JSON_OBJECT,
        [MN_SHAPE_UNION] = MN_JSON_ABSENT,
    };
    int64_t whole;

    if (shape->kind == MN_SHAPE_ANY)
        return true;
    return mn_json_kind(v) == kinds[shape->kind] &&
           (shape->kind != MN_SHAPE_INTEGER || mn_json_to_int(v, &whole));
}

static const char *kind_name(enum mn_shape_kind kind)
{
    static const char *const names[] = {
        [MN_SHAPE_ANY] = "anything",       [MN_SHAPE_STRING] = "a string",
        [MN_SHAPE_INTEGER] = "an integer", [MN_SHAPE_NUMBER] = "a number",
        [MN_SHAPE_BOOLEAN] = "a boolean",  [MN_SHAPE_ARRAY] = "an array",
        [MN_SHAPE_OBJECT] = "an object",   [MN_SHAPE_UNION] = "one of several",
    };

    return names[kind];
}

/* What a union still may be, on the way to what it is. */
struct choices {
    const struct mn_shape *left[CHOICES_MAX];
    int n;
};

static struct choices of_kind(const struct mn_shape *shape, const struct mn_json *v)
{
    struct choices choices = {.n = 0};

    for (const struct mn_shape *const *one = shape->any; *one != NULL; one++) {
        if (!fits(*one, v))
            continue;
        assert(choices.n < CHOICES_MAX);
        choices.left[choices.n++] = *one;
    }
    return choices;
}

/* "one of a string or an object": each kind once. */
static int wrong_kind(const struct check *c, const struct mn_shape *shape, const struct mn_json *v,
                      const struct mn_place *at)
{
    static const char several[] = "one of ";
    char wanted[128];
    size_t n = sizeof(several) - 1;
    unsigned seen = 0;
    bool more = false;

    memcpy(wanted, several, sizeof(several));
    for (const struct mn_shape *const *one = shape->any; *one != NULL; one++) {
        unsigned bit = 1u << (*one)->kind;

        if ((seen & bit) != 0 || n >= sizeof(wanted))
            continue;
        more = seen != 0;
        n += (size_t)snprintf(wanted + n, sizeof(wanted) - n, "%s%s", more ? " or " : "",
                              kind_name((*one)->kind));
        seen |= bit;
    }
    return mn_fault_kind(c->why, at, more ? wanted : wanted + sizeof(several) - 1, v);
}

static int no_tag(const struct check *c, const struct choices *choices, const char *key,
                  const struct mn_place *here)
{
    for (int i = 0; i < choices->n; i++) {
        const struct mn_member *m = find_member(choices->left[i], key);

        if (m == NULL || m->need != MN_REQUIRED)
            return 0;
    }
    return mn_fault_missing(c->why, here);
}

/* Drops the choices whose member of that name does not allow what v has there. */
static int narrow(const struct check *c, struct choices *choices, const char *key,
                  const struct mn_json *v, const struct mn_place *at)
{
    const struct mn_place here = {.up = at, .key = mn_str(key)};
    const struct mn_json *tag = mn_json_get(v, key);
    const char *words[CHOICES_MAX + 1] = {NULL};
    int kept = 0, nwords = 0;

    if (choices->n < 2)
        return 0;
    if (tag == NULL)
        return no_tag(c, choices, key, &here);
    for (int i = 0; i < choices->n; i++) {
        const struct mn_shape *one = choices->left[i];
        const struct mn_member *m = find_member(one, key);

        if (m == NULL || m->shape->words == NULL || has_word(m->shape->words, mn_json_text(tag)))
            choices->left[kept++] = one;
        else if (!has_word(words, mn_str(m->shape->words[0])))
            words[nwords++] = m->shape->words[0];
    }
    choices->n = kept;
    if (kept != 0)
        return 0;
    if (mn_json_kind(tag) != MN_JSON_STRING)
        return mn_fault_kind(c->why, &here, kind_name(MN_SHAPE_STRING), tag);
    return mn_fault_word(c->why, &here, words, nwords, mn_json_text(tag));
}

static int check_union(const struct check *c, const struct mn_shape *shape, const struct mn_json *v,
                       const struct mn_place *at)
{
    struct choices choices = of_kind(shape, v);
    int err;

    if (choices.n == 0)
        return wrong_kind(c, shape, v, at);
    err = narrow(c, &choices, "type", v, at);
    if (err == 0)
        err = narrow(c, &choices, "role", v, at);
    return err == 0 ? check_value(c, choices.left[0], v, at) : err;
}

static int check_value(const struct check *c, const struct mn_shape *shape, const struct mn_json *v,
                       const struct mn_place *at)
{
    if (shape->kind == MN_SHAPE_UNION)
        return check_union(c, shape, v, at);
    if (!fits(shape, v))
        return mn_fault_kind(c->why, at, kind_name(shape->kind), v);
    switch (shape->kind) {
    case MN_SHAPE_STRING:
        return check_string(c, shape, v, at);
    case MN_SHAPE_INTEGER:
    case MN_SHAPE_NUMBER:
        return check_number(c, shape, v, at);
    case MN_SHAPE_ARRAY:
        return check_items(c, shape, v, at);
    case MN_SHAPE_OBJECT:
        return check_object(c, shape, v, at);
    default:
        return 0;
    }
}

int mn_event_check(const struct mn_event *ev, struct mn_fault *why)
{
    static const struct mn_shape id = {.kind = MN_SHAPE_STRING, .most_bytes = MN_EVENT_ID_MAX - 1};
    static const struct mn_member event_id = {"event_id", MN_NULLABLE, &id};
    const struct check c = {.why = why, .from_client = mn_event_from(ev->type) == MN_FROM_CLIENT};
    const struct mn_shape *shape = mn_event_shape(ev->type, ev->dialect);
    const struct mn_place top = {.up = NULL};
    int err;

    if (shape == NULL)
        return 0;
    err = check_member(&c, &event_id, ev->body, &top);
    return err == 0 ? check_object(&c, shape, ev->body, &top) : err;
}

int mn_event_check_ids(const struct mn_event *ev, struct mn_fault *why)
{
    static const struct {
        const char *name;
        bool needed; /* when the shape requires it; the others may be left out */
    } held[] = {
        {"response_id", true},    {"item_id", true},        {"call_id", true},
        {"delta", true},          {"content_index", false}, {"output_index", false},
        {"audio_start_ms", true}, {"audio_end_ms", true},
    };
    const struct mn_shape *shape = mn_event_shape(ev->type, ev->dialect);
    const struct check c = {.why = why};
    const struct mn_place top = {.up = NULL};
    int err = 0;

    if (shape == NULL)
        return 0;
    for (size_t i = 0; i < sizeof(held) / sizeof(held[0]) && err == 0; i++) {
        const struct mn_member *m = find_member(shape, held[i].name);
        struct mn_member wanted;

        if (m == NULL)
            continue;
        wanted = *m;
        if (m->need != MN_REQUIRED || !held[i].needed)
            wanted.need = MN_NULLABLE;
        err = check_member(&c, &wanted, ev->body, &top);
    }
    return err;
}
