/* test_event_check.c - every event of the table, as it should be and broken in every way.
 *
 * A maker writes an event from its shape with every member filled in, and breaks one place on
 * demand. Places are counted, so a test breaks the first, the second, ... until there is none left,
 * and says of each what the refusal must be. */
#include "base/err.h"
#include "base/json_write.h"
#include "core/event_check.h"
#include "core/event_shape.h"

#include "test.h"

#include <math.h>
#include <stdio.h>

enum breakage {
    WHOLE,
    OMIT,       /* a required member is left out */
    NULLED,     /* a member that may not be null is */
    WRONG_KIND, /* a boolean, or a string where a boolean belongs */
    WRONG_WORD, /* a string that is none of the words */
    TOO_LOW,
    TOO_HIGH,
    TOO_LONG, /* a string or an array or a map */
    EXTRA,    /* a member that a closed object does not have */
};

struct maker {
    struct mn_writer w;
    enum breakage breakage;
    int place;  /* which of the places that can be broken so is; from 0 */
    int seen;   /* places so far */
    int choice; /* which shape of a union is written, modulo how many there are */
    char path[512];
    char broken[512]; /* the path of the broken place */
    const char *code; /* what its refusal must say */
};

/* True when this is the place to break. */
static bool here(struct maker *m, enum breakage breakage, const char *code)
{
    if (m->breakage != breakage || m->seen++ != m->place)
        return false;
    memcpy(m->broken, m->path, sizeof(m->broken));
    m->code = code;
    return true;
}

static size_t enter(struct maker *m, const char *name)
{
    size_t n = strlen(m->path);

    snprintf(m->path + n, sizeof(m->path) - n, "%s%s", n != 0 && name[0] != '[' ? "." : "", name);
    return n;
}

static void leave(struct maker *m, size_t n)
{
    m->path[n] = '\0';
}

static void make(struct maker *m, const struct mn_shape *shape, const char *key);

static void make_string(struct maker *m, const struct mn_shape *shape, const char *key)
{
    static char filler[1024];

    memset(filler, 'x', sizeof(filler));
    if (shape->words != NULL && here(m, WRONG_WORD, "invalid_value"))
        mn_write_text(&m->w, key, "no such word");
    else if (shape->most_bytes != 0 && here(m, TOO_LONG, "string_above_max_length"))
        mn_write_str(&m->w, key, (struct mn_str){filler, shape->most_bytes + 1});
    else if (shape->most_bytes != 0)
        mn_write_str(&m->w, key, (struct mn_str){filler, shape->most_bytes});
    else
        mn_write_text(&m->w, key, shape->words != NULL ? shape->words[0] : "text");
}

static void make_number(struct maker *m, const struct mn_shape *shape, const char *key)
{
    bool whole = shape->kind == MN_SHAPE_INTEGER;
    double n = isfinite(shape->min) ? shape->min : 0;

    if (isfinite(shape->min) &&
        here(m, TOO_LOW, whole ? "integer_below_min_value" : "decimal_below_min_value"))
        n = shape->min - 1;
    if (isfinite(shape->max) &&
        here(m, TOO_HIGH, whole ? "integer_above_max_value" : "decimal_above_max_value"))
        n = shape->max + 1;
    mn_write_num(&m->w, key, n);
}

static void make_array(struct maker *m, const struct mn_shape *shape, const char *key)
{
    int count = 1;
    char name[16];

    if (shape->most != 0 && here(m, TOO_LONG, "array_above_max_length"))
        count = shape->most + 1;
    mn_write_open(&m->w, key, '[');
    for (int i = 0; i < count; i++) {
        size_t n;

        snprintf(name, sizeof(name), "[%d]", i);
        n = enter(m, name);
        make(m, shape->items, NULL);
        leave(m, n);
    }
    mn_write_close(&m->w);
}

static void make_map(struct maker *m, const struct mn_shape *shape, const char *key)
{
    int count = 1;
    char name[16];

    if (shape->most != 0 && here(m, TOO_LONG, "object_above_max_properties"))
        count = shape->most + 1;
    mn_write_open(&m->w, key, '{');
    for (int i = 0; i < count; i++) {
        size_t n;

        snprintf(name, sizeof(name), "key%d", i);
        n = enter(m, name);
        make(m, shape->items, name);
        leave(m, n);
    }
    mn_write_close(&m->w);
}

static void make_members(struct maker *m, const struct mn_shape *shape)
{
    size_t n;

    for (const struct mn_member *one = shape->members; one != NULL && one->name != NULL; one++) {
        n = enter(m, one->name);
        if (one->need == MN_REQUIRED && here(m, OMIT, "missing_required_parameter"))
            ;
        else if (one->need != MN_NULLABLE && one->shape->kind != MN_SHAPE_ANY &&
                 here(m, NULLED, "invalid_type"))
            mn_write_null(&m->w, one->name);
        else
            make(m, one->shape, one->name);
        leave(m, n);
    }
    n = enter(m, "surplus");
    if (shape->closed && here(m, EXTRA, "unknown_parameter"))
        mn_write_int(&m->w, "surplus", 1);
    leave(m, n);
}

static void make_object(struct maker *m, const struct mn_shape *shape, const char *key)
{
    if (shape->items != NULL) {
        make_map(m, shape, key);
        return;
    }
    mn_write_open(&m->w, key, '{');
    make_members(m, shape);
    mn_write_close(&m->w);
}

static void make(struct maker *m, const struct mn_shape *shape, const char *key)
{
    int count = 0;

    if (shape->kind == MN_SHAPE_UNION) {
        while (shape->any[count] != NULL)
            count++;
        make(m, shape->any[m->choice % count], key);
        return;
    }
    if (shape->kind != MN_SHAPE_ANY && here(m, WRONG_KIND, "invalid_type")) {
        if (shape->kind == MN_SHAPE_BOOLEAN)
            mn_write_text(&m->w, key, "yes");
        else
            mn_write_bool(&m->w, key, true);
        return;
    }
    switch (shape->kind) {
    case MN_SHAPE_STRING:
        make_string(m, shape, key);
        break;
    case MN_SHAPE_INTEGER:
    case MN_SHAPE_NUMBER:
        make_number(m, shape, key);
        break;
    case MN_SHAPE_BOOLEAN:
        mn_write_bool(&m->w, key, false);
        break;
    case MN_SHAPE_ARRAY:
        make_array(m, shape, key);
        break;
    case MN_SHAPE_OBJECT:
        make_object(m, shape, key);
        break;
    default:
        mn_write_null(&m->w, key);
    }
}

static int read_and_check(struct mn_str frame, enum mn_from from, enum mn_dialect dialect,
                          struct mn_fault *why)
{
    struct mn_event ev;
    int err = mn_event_decode(&ev, frame, from, dialect, &mn_json_frame, why);

    if (err == 0)
        err = mn_event_check(&ev, why);
    mn_event_free(&ev);
    return err;
}

/* Makes one event and compares what is said of it. False when there is no such place. */
static bool try(enum mn_event_type type, enum mn_dialect dialect, struct maker *m)
{
    enum mn_from from = mn_event_from(type);
    struct mn_buf out = {0};
    struct mn_fault why;
    int err;

    m->w = mn_writer(&out);
    mn_write_open(&m->w, NULL, '{');
    mn_write_text(&m->w, "type", mn_event_wire(type, dialect));
    mn_write_text(&m->w, "event_id", "event_1");
    make_members(m, mn_event_shape(type, dialect));
    mn_write_close(&m->w);
    assert_int_equal(out.err, 0);
    err = read_and_check(mn_buf_str(&out), from, dialect, &why);
    if (m->breakage == WHOLE || m->code == NULL ||
        (m->breakage == EXTRA && from == MN_FROM_SERVER)) {
        if (err != 0)
            fail_msg("%s refused: %s", out.p, why.message);
    } else if (err != MN_EPROTOCOL || strcmp(why.code, m->code) != 0 ||
               strcmp(why.param, m->broken) != 0) {
        fail_msg("%s\nexpected %s at %s, got %d %s at %s: %s", out.p, m->code, m->broken, err,
                 err != 0 ? why.code : "", why.param, why.message);
    }
    mn_buf_free(&out);
    return m->code != NULL;
}

/* Breaks each event in each place it can be broken so. Returns how many places there were. */
static int break_all(enum breakage breakage)
{
    int broken = 0;

    for (int i = 0; i < MN_EV_COUNT * 2; i++) {
        enum mn_event_type type = (enum mn_event_type)(i / 2);
        enum mn_dialect dialect = i % 2 != 0 ? MN_BETA : MN_GA;

        for (int choice = 0; mn_event_shape(type, dialect) != NULL && choice < 10; choice++) {
            struct maker m = {.breakage = breakage, .choice = choice};

            while (try(type, dialect, &m)) {
                m = (struct maker){.breakage = breakage, .choice = choice, .place = m.place + 1};
                broken++;
            }
        }
    }
    return broken;
}

TEST(every_event_of_the_table_is_accepted_in_both_dialects)
{
    break_all(WHOLE);
}

TEST(every_required_field_is_missed)
{
    assert_true(break_all(OMIT) > 500);
}

TEST(every_field_that_may_not_be_null_is_refused_as_null)
{
    assert_true(break_all(NULLED) > 1000);
}

TEST(every_field_of_a_wrong_kind_is_refused)
{
    assert_true(break_all(WRONG_KIND) > 1000);
}

TEST(every_word_outside_a_closed_set_is_refused)
{
    assert_true(break_all(WRONG_WORD) > 300);
}

TEST(every_number_below_its_range_is_refused)
{
    assert_true(break_all(TOO_LOW) > 50);
}

TEST(every_number_above_its_range_is_refused)
{
    assert_true(break_all(TOO_HIGH) > 50);
}

TEST(every_string_array_and_map_over_its_length_is_refused)
{
    assert_true(break_all(TOO_LONG) > 50);
}

TEST(every_closed_object_refuses_a_member_of_its_own_from_a_client)
{
    assert_true(break_all(EXTRA) > 10);
}
