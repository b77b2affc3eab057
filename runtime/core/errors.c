/* errors.c - the tables of codes and of types behind errors.h. */
#include "core/errors.h"

#include <stddef.h>
#include <string.h>

struct row {
    const char *name;
    struct mn_error_meaning means;
};

#define BENIGN MN_ERROR_BENIGN
#define CALLER MN_ERROR_CALLER
#define FATAL  MN_ERROR_FATAL

static const struct row codes[] = {
#define MN_ERROR(code, class, heals) {(code), {(class), (heals)}},
#include "core/errors.def"
#undef MN_ERROR
};

/* For codes that are new, or null. */
static const struct row types[] = {
    {"authentication_error", {FATAL, false}}, {"insufficient_quota", {FATAL, false}},
    {"permission_error", {FATAL, false}},     {"rate_limit_error", {CALLER, true}},
    {"server_error", {CALLER, true}},
};

static const struct row *find(const struct row *rows, size_t n, struct mn_str name)
{
    for (size_t i = 0; i < n; i++) {
        if (mn_str_is(name, rows[i].name))
            return &rows[i];
    }
    return NULL;
}

/* What stands behind the last dot. */
static struct mn_str last_part(struct mn_str code)
{
    size_t i = code.n;

    while (i > 0 && code.p[i - 1] != '.')
        i--;
    return (struct mn_str){code.p + i, code.n - i};
}

struct mn_error_meaning mn_error_meaning(struct mn_str code, struct mn_str type)
{
    const struct row *row = NULL;

    if (code.n > 0)
        row = find(codes, sizeof(codes) / sizeof(codes[0]), last_part(code));
    if (row == NULL)
        row = find(types, sizeof(types) / sizeof(types[0]), type);
    return row != NULL ? row->means : (struct mn_error_meaning){CALLER, false};
}

const char *mn_error_class_name(enum mn_error_class class)
{
    static const char *const names[] = {
        [BENIGN] = "benign", [CALLER] = "caller", [FATAL] = "fatal"};

    return names[class];
}
