/* event_union.c - chooses among the shapes of a union.
 *
 * A union is decided by the kind of the value, then by what its "type" and its "role" say: the
 * fields by which the API tells its own unions apart. Of the shapes left, the first is meant. */
#include "core/event_union.h"

#include <assert.h>
#include <stdio.h>

#define CHOICES_MAX 16 /* of a union; the widest has 10 */

/* What a value still may be. */
struct choices {
    const struct mn_shape *left[CHOICES_MAX];
    int n;
};

static struct choices of_kind(const struct mn_shape *shape, const struct mn_json *v)
{
    struct choices choices = {.n = 0};

    for (const struct mn_shape *const *one = shape->any; *one != NULL; one++) {
        if (!mn_shape_fits(*one, v))
            continue;
        assert(choices.n < CHOICES_MAX);
        choices.left[choices.n++] = *one;
    }
    return choices;
}

/* "one of a string or an object": each kind once. */
static int wrong_kind(const struct mn_shape *shape, const struct mn_json *v,
                      const struct mn_place *at, struct mn_fault *why)
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
                              mn_shape_kind_name((*one)->kind));
        seen |= bit;
    }
    return mn_fault_kind(why, at, more ? wanted : wanted + sizeof(several) - 1, v);
}

static int no_tag(const struct choices *choices, const char *key, const struct mn_place *here,
                  struct mn_fault *why)
{
    for (int i = 0; i < choices->n; i++) {
        const struct mn_member *m = mn_shape_member(choices->left[i], key);

        if (m == NULL || m->need != MN_REQUIRED)
            return 0;
    }
    return mn_fault_missing(why, here);
}

/* Drops the choices whose member of that name does not allow what v has there. */
static int narrow(struct choices *choices, const char *key, const struct mn_json *v,
                  const struct mn_place *at, struct mn_fault *why)
{
    const struct mn_place here = {.up = at, .key = mn_str(key)};
    const struct mn_json *tag = mn_json_get(v, key);
    const char *words[CHOICES_MAX + 1] = {NULL};
    int kept = 0, nwords = 0;

    if (choices->n < 2)
        return 0;
    if (tag == NULL)
        return no_tag(choices, key, &here, why);
    for (int i = 0; i < choices->n; i++) {
        const struct mn_shape *one = choices->left[i];
        const struct mn_member *m = mn_shape_member(one, key);

        if (m == NULL || m->shape->words == NULL ||
            mn_shape_has_word(m->shape->words, mn_json_text(tag)))
            choices->left[kept++] = one;
        else if (!mn_shape_has_word(words, mn_str(m->shape->words[0])))
            words[nwords++] = m->shape->words[0];
    }
    choices->n = kept;
    if (kept != 0)
        return 0;
    if (mn_json_kind(tag) != MN_JSON_STRING)
        return mn_fault_kind(why, &here, mn_shape_kind_name(MN_SHAPE_STRING), tag);
    return mn_fault_word(why, &here, words, nwords, mn_json_text(tag));
}

int mn_shape_choose(const struct mn_shape **shape, const struct mn_json *v,
                    const struct mn_place *at, struct mn_fault *why)
{
    struct choices choices = of_kind(*shape, v);
    int err;

    if (choices.n == 0)
        return wrong_kind(*shape, v, at, why);
    err = narrow(&choices, "type", v, at, why);
    if (err == 0)
        err = narrow(&choices, "role", v, at, why);
    if (err == 0)
        *shape = choices.left[0];
    return err;
}
