/* orders.c - what an operator tells a running server: `myna say`, `hang-up`, `reload`, `rollback`
 * and `drain`. */
#include "base/json_write.h"
#include "cli/operator.h"

#include <stdio.h>

/* POSTs and prints what how makes of the answer. */
static int order(const struct mn_operator *o, const char *path, struct mn_str body,
                 void (*tell)(const struct mn_json *answer))
{
    struct mn_json *answer;
    int status = mn_operator_ask(o, path, body, &answer);

    if (status == MN_EXIT_OK)
        tell(answer);
    mn_json_free(answer);
    return status;
}

static void tell_call(const struct mn_json *answer)
{
    printf("%.*s: %.*s\n", MN_FMT(mn_json_str(answer, "call")),
           MN_FMT(mn_json_str(answer, "order")));
}

static void tell_generation(const struct mn_json *answer)
{
    printf("generation %lld serves:", (long long)mn_json_int(answer, "generation", 0));
    for (const struct mn_json *app = mn_json_first(mn_json_get(answer, "apps")); app != NULL;
         app = mn_json_next(app))
        printf(" %.*s", MN_FMT(mn_json_text(app)));
    putchar('\n');
}

static void tell_drain(const struct mn_json *answer)
{
    printf("%s; calls: %lld\n",
           mn_json_bool(answer, "draining", false) ? "no new calls are taken" : "calls are taken",
           (long long)mn_json_int(answer, "calls", 0));
}

static void add_words(struct mn_writer *w, const char *key, const struct mn_operator *o)
{
    struct mn_buf words = {0};

    for (int i = 1; i < o->nwords; i++)
        mn_buf_addf(&words, "%s%s", i > 1 ? " " : "", o->words[i]);
    mn_write_str(w, key, mn_buf_str(&words));
    mn_buf_free(&words);
}

/* The first word is the call; the others go by that name. */
static int order_call(const struct mn_operator *o, const char *what, const char *key)
{
    struct mn_buf path = {0}, body = {0};
    struct mn_writer w = mn_writer(&body);
    int status = MN_EXIT_USAGE;

    if (!mn_operator_is_call(o->words[0]))
        return MN_EXIT_USAGE;
    mn_buf_addf(&path, "/calls/%s/%s", o->words[0], what);
    mn_write_open(&w, NULL, '{');
    if (o->nwords > 1)
        add_words(&w, key, o);
    mn_write_close(&w);
    if (path.err == 0 && body.err == 0)
        status = order(o, path.p, mn_buf_str(&body), tell_call);
    mn_buf_free(&path);
    mn_buf_free(&body);
    return status;
}

static int say(const struct mn_operator *o)
{
    return order_call(o, "say", "text");
}

static int hang_up(const struct mn_operator *o)
{
    return order_call(o, "hang_up", "reason");
}

static int reload(const struct mn_operator *o)
{
    return order(o, "/reload", MN_STR("{}"), tell_generation);
}

static int roll_back(const struct mn_operator *o)
{
    return order(o, "/rollback", MN_STR("{}"), tell_generation);
}

static int drain(const struct mn_operator *o)
{
    return order(o, o->off ? "/resume" : "/drain", MN_STR("{}"), tell_drain);
}

static const struct {
    const char *name;
    int least; /* words */
    int (*run)(const struct mn_operator *o);
} orders[] = {
    {"say", 2, say},     {"hang-up", 1, hang_up}, {"reload", 0, reload}, {"rollback", 0, roll_back},
    {"drain", 0, drain},
};

int mn_cmd_order(const struct mn_command *self, int argc, char **argv, int from)
{
    struct mn_operator o;
    size_t i = 0;
    int status;

    while (strcmp(orders[i].name, self->name) != 0)
        i++;
    if (mn_operator_begin(&o, self, orders[i].least, argc, argv, from, &status))
        status = orders[i].run(&o);
    mn_operator_end(&o);
    return status;
}
