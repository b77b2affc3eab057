/* broken.c - walks the shape of an event and writes it down, making mistake n on the way.
 *
 * Every place where a mistake can be made asks strikes(), which counts; so the mistakes of an event
 * have numbers, and each form holds exactly one. */
#include "broken.h"

#include "core/event_shape.h"
#include "test.h"

#include <math.h>
#include <stdio.h>

struct walk {
    struct broken *out;
    bool full;
    int left;   /* mistakes to pass by */
    int choice; /* of unions: which shape, in turn */
};

static bool strikes(struct walk *w, const char *code, const char *path)
{
    if (w->left-- != 0)
        return false;
    w->out->code = code;
    snprintf(w->out->param, sizeof(w->out->param), "%s", path);
    return true;
}

static void put(struct walk *w, const char *text)
{
    mn_buf_add_text(&w->out->frame, text);
}

static void put_times(struct walk *w, const char *text, size_t times)
{
    for (size_t i = 0; i < times; i++)
        put(w, text);
}

static void put_value(struct walk *w, const struct mn_shape *shape, const char *path);

/* A value no shape of this kind takes. */
static const char *wrong_kind(const struct mn_shape *shape)
{
    static const char *const wrong[] = {
        [MN_SHAPE_STRING] = "7",      [MN_SHAPE_INTEGER] = "1.5", [MN_SHAPE_NUMBER] = "\"x\"",
        [MN_SHAPE_BOOLEAN] = "\"x\"", [MN_SHAPE_ARRAY] = "{}",    [MN_SHAPE_OBJECT] = "[]",
        [MN_SHAPE_UNION] = "true",
    };

    return wrong[shape->kind];
}

static void put_string(struct walk *w, const struct mn_shape *shape, const char *path)
{
    if (shape->words != NULL) {
        put(w, "\"");
        put(w, strikes(w, "invalid_value", path) ? "no such word" : shape->words[0]);
        put(w, "\"");
        return;
    }
    put(w, "\"");
    if (shape->most_bytes > 0 && strikes(w, "string_above_max_length", path))
        put_times(w, "x", shape->most_bytes + 1);
    else
        put(w, "x");
    put(w, "\"");
}

static void put_number(struct walk *w, const struct mn_shape *shape, const char *path)
{
    bool whole = shape->kind == MN_SHAPE_INTEGER;
    double n = isfinite(shape->min) ? shape->min : 1;

    if (isfinite(shape->min) &&
        strikes(w, whole ? "integer_below_min_value" : "decimal_below_min_value", path))
        n = shape->min - 1;
    else if (isfinite(shape->max) &&
             strikes(w, whole ? "integer_above_max_value" : "decimal_above_max_value", path))
        n = shape->max + 1;
    mn_buf_addf(&w->out->frame, "%.17g", n);
}

static void put_array(struct walk *w, const struct mn_shape *shape, const char *path)
{
    char inside[160];
    bool many = shape->most > 0 && strikes(w, "array_above_max_length", path);

    snprintf(inside, sizeof(inside), "%s[0]", path);
    put(w, "[");
    put_value(w, shape->items, inside);
    for (int i = 0; many && i < shape->most; i++) {
        put(w, ",");
        put_value(w, shape->items, inside);
    }
    put(w, "]");
}

static void put_map(struct walk *w, const struct mn_shape *shape, const char *path)
{
    char inside[160];
    bool many = shape->most > 0 && strikes(w, "object_above_max_properties", path);

    snprintf(inside, sizeof(inside), "%s.k", path);
    put(w, "{\"k\":");
    put_value(w, shape->items, inside);
    for (int i = 0; many && i < shape->most; i++) {
        mn_buf_addf(&w->out->frame, ",\"k%d\":", i);
        put_value(w, shape->items, inside);
    }
    put(w, "}");
}

/* Returns whether something was written. */
static bool put_member(struct walk *w, const struct mn_member *m, const char *path, bool first)
{
    if (m->need != MN_REQUIRED && !w->full)
        return false;
    if (m->need == MN_REQUIRED && strikes(w, "missing_required_parameter", path))
        return false;
    mn_buf_addf(&w->out->frame, "%s\"%s\":", first ? "" : ",", m->name);
    if (m->need != MN_NULLABLE && m->shape->kind != MN_SHAPE_ANY &&
        strikes(w, "invalid_type", path))
        put(w, "null");
    else
        put_value(w, m->shape, path);
    return true;
}

static void put_members(struct walk *w, const struct mn_shape *shape, const char *path, bool first)
{
    char inside[160];

    for (const struct mn_member *m = shape->members; m != NULL && m->name != NULL; m++) {
        snprintf(inside, sizeof(inside), "%s%s%s", path, path[0] != '\0' ? "." : "", m->name);
        if (put_member(w, m, inside, first))
            first = false;
    }
    snprintf(inside, sizeof(inside), "%s.no_such_member", path);
    if (shape->closed && strikes(w, "unknown_parameter", inside))
        put(w, first ? "\"no_such_member\":1" : ",\"no_such_member\":1");
}

static const struct mn_shape *choose(const struct walk *w, const struct mn_shape *shape)
{
    int count = 0;

    while (shape->any[count] != NULL)
        count++;
    return shape->any[w->choice % count];
}

static void put_value(struct walk *w, const struct mn_shape *shape, const char *path)
{
    if (shape->kind != MN_SHAPE_ANY && strikes(w, "invalid_type", path)) {
        put(w, wrong_kind(shape));
        return;
    }
    if (shape->kind == MN_SHAPE_UNION)
        shape = choose(w, shape);
    switch (shape->kind) {
    case MN_SHAPE_STRING:
        put_string(w, shape, path);
        break;
    case MN_SHAPE_INTEGER:
    case MN_SHAPE_NUMBER:
        put_number(w, shape, path);
        break;
    case MN_SHAPE_ARRAY:
        put_array(w, shape, path);
        break;
    case MN_SHAPE_OBJECT:
        if (shape->items != NULL) {
            put_map(w, shape, path);
            break;
        }
        put(w, "{");
        put_members(w, shape, path, true);
        put(w, "}");
        break;
    default:
        put(w, shape->kind == MN_SHAPE_BOOLEAN ? "true" : "{}");
    }
}

bool broken_make(struct broken *b, enum mn_event_type type, enum mn_dialect dialect,
                 const struct broken_form *form)
{
    struct walk w = {.out = b, .full = form->full, .left = form->mistake, .choice = form->choice};

    *b = (struct broken){0};
    mn_buf_addf(&b->frame, "{\"type\":\"%s\",\"event_id\":\"mine\"", mn_event_wire(type, dialect));
    put_members(&w, mn_event_shape(type, dialect), "", false);
    mn_buf_add_text(&b->frame, "}");
    assert_int_equal(b->frame.err, 0);
    return b->code != NULL;
}
