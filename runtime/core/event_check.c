/* event_check.c - walks an event's tree beside its shape.
 *
 * DESIGN  The walk carries the way it came as a list on the stack, so that a path such as
 * "item.content[0].text" costs nothing until there is something to complain about. Shapes do not
 * recurse, so the walk goes no deeper than they do, however deep the tree. */
#include "core/event_check.h"

#include "core/event_fault.h"
#include "core/event_shape.h"
#include "core/event_union.h"

struct check {
    struct mn_fault *why;
    bool from_client;
};

static int check_value(const struct check *c, const struct mn_shape *shape, const struct mn_json *v,
                       const struct mn_place *at);

static int check_string(const struct check *c, const struct mn_shape *shape,
                        const struct mn_json *v, const struct mn_place *at)
{
    struct mn_str text = mn_json_text(v);
    int count = 0;

    if (shape->words != NULL && !mn_shape_has_word(shape->words, text)) {
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

static int refuse_others(const struct check *c, const struct mn_shape *shape,
                         const struct mn_json *v, const struct mn_place *at)
{
    struct mn_place here = {.up = at};
    const struct mn_json *one;

    for (one = mn_json_first(v); one != NULL; one = mn_json_next(one)) {
        here.key = mn_json_key(one);
        if (mn_shape_member(shape, here.key.p) == NULL)
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

static int check_value(const struct check *c, const struct mn_shape *shape, const struct mn_json *v,
                       const struct mn_place *at)
{
    int err;

    if (shape->kind == MN_SHAPE_UNION) {
        err = mn_shape_choose(&shape, v, at, c->why);
        if (err != 0)
            return err;
    }
    if (!mn_shape_fits(shape, v))
        return mn_fault_kind(c->why, at, mn_shape_kind_name(shape->kind), v);
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
        const struct mn_member *m = mn_shape_member(shape, held[i].name);
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
