/* bundle.c - loading an app, behind bundle.h.
 *
 * DESIGN  The app's files run once in a state of their own, the check: constructors collect every
 * mistake with its line instead of raising the first, files and variables are read and kept, and
 * what the session needs to know is copied into the spec (plan.c). The check's state is then thrown
 * away; each call opens its own from the bytecode kept. */
#include "script/bundle.h"

#include "base/err.h"
#include "base/json_mask.h"
#include "script/dotenv.h"
#include "script/sandbox.h"
#include "script/vm.h"

#include <errno.h>
#include <stdio.h>
#include <stdlib.h>

/* The check holds what every call will hold, and its sources and mistakes on top. */
#define CHECK_BYTES (8 << 20)

static int keep_variable(void *owner, struct mn_str name, struct mn_str value)
{
    struct mn_bundle *b = owner;
    struct mn_buf bytes = {0};
    char plain[256];

    if (name.n >= sizeof(plain))
        return MN_ELIMIT;
    memcpy(plain, name.p, name.n);
    plain[name.n] = '\0';
    if (!b->testing && getenv(plain) != NULL)
        return 0; /* the process's own wins */
    if (mn_shelf_find(&b->shelf, MN_SHELF_VARIABLE, name) != NULL)
        return 0; /* a test's own wins */
    mn_buf_add_str(&bytes, value);
    if (bytes.err != 0)
        return bytes.err;
    if (mn_shelf_put(&b->shelf, MN_SHELF_VARIABLE, name, NULL, &bytes) == NULL)
        return -ENOMEM;
    return 0;
}

static int read_dotenv(struct mn_bundle *b, struct mn_buf *why)
{
    struct mn_buf text = {0}, what = {0};
    const char *name = b->testing ? ".env.test" : ".env";
    int err = mn_root_read(&b->folder.app, name, &text, &what);

    if (err == 0) {
        mn_buf_clear(&what);
        err = mn_dotenv_read(mn_buf_str(&text), keep_variable, b, &what);
    } else if (err == MN_EABSENT) {
        mn_buf_clear(&what);
        err = 0;
    }
    if (err != 0)
        mn_buf_addf(why, "%s%s: %s\n", b->folder.app.shown, name,
                    what.n != 0 ? what.p : mn_strerror(err));
    mn_buf_free(&text);
    mn_buf_free(&what);
    return err;
}

/* What the pages play by name. */
static int read_sounds(struct mn_bundle *b, struct mn_buf *why)
{
    size_t before = why->n;
    int err = 0;

    for (const struct mn_list *l = b->shelf.items.next; l != &b->shelf.items && err == 0;
         l = l->next) {
        const struct mn_shelf_item *item = mn_container_of(l, struct mn_shelf_item, link);

        if (item->kind == MN_SHELF_SOURCE)
            err = mn_sounds_of_page(&b->sounds, &b->folder.app, item->name,
                                    mn_buf_str(&item->bytes), why);
    }
    return err == 0 && why->n > before ? MN_ESCRIPT : err;
}

static int check(struct mn_bundle *b, struct mn_buf *why)
{
    struct mn_state_limits limits = mn_state_defaults;
    struct mn_vm_settings settings = {
        .bundle = b, .log = b->log, .limits = &limits, .checking = true};
    struct mn_buf what = {0};
    struct mn_vm vm;
    int err;

    limits.memory_bytes = CHECK_BYTES;
    err = mn_vm_open(&vm, &settings);
    if (err != 0)
        return err;
    err = mn_vm_call(&vm, mn_sandbox_compile, NULL, true, &what);
    if (err == 0)
        err = mn_vm_call(&vm, mn_sandbox_load, NULL, true, &what);
    if (err != 0)
        mn_buf_addf(why, "%.*s\n", MN_FMT(mn_buf_str(&what)));
    else
        err = mn_plan_read(b, &vm, why);
    if (err == 0 || err == MN_ESCRIPT) {
        int more = read_sounds(b, why);

        err = err != 0 ? err : more;
    }
    mn_buf_free(&what);
    mn_vm_close(&vm);
    mn_shelf_forget(&b->shelf, MN_SHELF_SOURCE);
    return err;
}

static int read_env(struct mn_bundle *b, struct mn_str env, struct mn_buf *why)
{
    struct mn_buf what = {0};
    int err = mn_dotenv_read(env, keep_variable, b, &what);

    if (err != 0)
        mn_buf_addf(why, "env: %s\n", what.n != 0 ? what.p : mn_strerror(err));
    mn_buf_free(&what);
    return err;
}

static int put_edit(struct mn_bundle *b, const struct mn_bundle_edit *edit)
{
    struct mn_buf bytes = {0};

    if (edit == NULL)
        return 0;
    mn_buf_add_str(&bytes, edit->text);
    if (bytes.err != 0)
        return bytes.err;
    return mn_shelf_put(&b->shelf, MN_SHELF_TEXT, edit->path, NULL, &bytes) != NULL ? 0 : -ENOMEM;
}

static int load(struct mn_bundle **out, const char *path, bool testing, struct mn_str env,
                const struct mn_bundle_edit *edit, struct mn_snapshot *snapshot, struct mn_log *log,
                struct mn_buf *why)
{
    struct mn_bundle *b = calloc(1, sizeof(*b));
    int err;

    *out = NULL;
    if (b == NULL)
        return -ENOMEM;
    b->holds = 1;
    b->testing = testing;
    b->log = log;
    mn_shelf_open(&b->shelf);
    mn_sounds_open(&b->sounds);
    err = mn_folder_open(&b->folder, path, snapshot, why);
    if (err == 0)
        err = mn_watch_open(&b->watch);
    if (err == 0)
        err = read_env(b, env, why);
    if (err == 0)
        err = read_dotenv(b, why);
    if (err == 0)
        err = put_edit(b, edit);
    if (err == 0)
        err = check(b, why);
    mn_folder_seal(&b->folder);
    if (err != 0) {
        if (why->n == 0)
            mn_buf_addf(why, "%s: %s\n", path, mn_strerror(err));
        mn_bundle_drop(b);
        return err;
    }
    *out = b;
    return 0;
}

int mn_bundle_load(struct mn_bundle **out, const char *path, struct mn_log *log, struct mn_buf *why)
{
    return load(out, path, false, (struct mn_str){0}, NULL, NULL, log, why);
}

int mn_bundle_load_by(struct mn_bundle **out, const char *path, struct mn_snapshot *snapshot,
                      struct mn_log *log, struct mn_buf *why)
{
    return load(out, path, false, (struct mn_str){0}, NULL, snapshot, log, why);
}

int mn_bundle_load_for_test(struct mn_bundle **out, const char *path, struct mn_str env,
                            struct mn_log *log, struct mn_buf *why)
{
    return load(out, path, true, env, NULL, NULL, log, why);
}

int mn_bundle_load_again(struct mn_bundle **out, const struct mn_bundle *b,
                         const struct mn_bundle_edit *edit, struct mn_buf *why)
{
    struct mn_buf path = {0};
    int err;

    *out = NULL;
    mn_buf_addf(&path, "%s/%s", b->folder.app.real, b->folder.main);
    err = path.err != 0
              ? path.err
              : load(out, path.p, b->testing, (struct mn_str){0}, edit, NULL, b->log, why);
    mn_buf_free(&path);
    return err;
}

struct mn_bundle *mn_bundle_hold(struct mn_bundle *b)
{
    b->holds++;
    return b;
}

static void free_schemas(struct mn_bundle *b)
{
    for (int side = 0; side < 2; side++) {
        for (int i = 0; i < b->nhooks[side]; i++)
            mn_schema_free(b->hooks[side][i].check);
    }
    for (int a = 0; a < b->ntext_agents; a++) {
        mn_schema_free(b->text_agents[a].output);
        for (int t = 0; b->text_agents[a].texts != NULL && t < b->text_agents[a].ntools; t++)
            mn_schema_free(b->text_agents[a].texts[t].check);
    }
    if (b->texts == NULL)
        return;
    for (int a = 0; a < b->spec.nagents; a++) {
        for (int t = 0; b->texts[a].tools != NULL && t < b->spec.agents[a].ntools; t++)
            mn_schema_free(b->texts[a].tools[t].check);
    }
}

int mn_bundle_holds(const struct mn_bundle *b)
{
    return b->holds;
}

void mn_bundle_drop(struct mn_bundle *b)
{
    if (b == NULL || --b->holds > 0)
        return;
    free_schemas(b);
    mn_watch_close(&b->watch);
    mn_zone_free(&b->zone);
    mn_arena_free(&b->arena);
    mn_shelf_close(&b->shelf);
    mn_sounds_close(&b->sounds);
    mn_folder_close(&b->folder);
    mn_buf_free(&b->warnings);
    free(b);
}

const struct mn_app_spec *mn_bundle_spec(const struct mn_bundle *b)
{
    return &b->spec;
}

bool mn_bundle_same(const struct mn_bundle *a, const struct mn_bundle *b)
{
    return mn_shelf_same(&a->shelf, &b->shelf) && mn_sounds_same(&a->sounds, &b->sounds);
}

int64_t mn_bundle_unix(const struct mn_bundle *b, struct tm *tm)
{
    return mn_zone_unix(&b->zone, tm);
}

struct mn_str mn_bundle_warnings(const struct mn_bundle *b)
{
    return mn_buf_str(&b->warnings);
}

struct mn_sound *mn_bundle_sound_at(const struct mn_bundle *b, int number)
{
    return mn_sounds_at(&b->sounds, number);
}

struct mn_str mn_bundle_index(const struct mn_bundle *b, struct mn_str pattern)
{
    const struct mn_shelf_item *item = mn_shelf_find(&b->shelf, MN_SHELF_INDEX, pattern);

    return item != NULL ? mn_buf_str(&item->bytes) : (struct mn_str){0};
}

void mn_bundle_mask(const struct mn_bundle *b, struct mn_buf *text)
{
    const struct mn_list *items = &b->shelf.items;

    for (const struct mn_list *at = items->next; at != items && text->n != 0; at = at->next) {
        const struct mn_shelf_item *item = mn_container_of(at, struct mn_shelf_item, link);
        char shown[128];

        if (item->kind != MN_SHELF_SECRET)
            continue;
        snprintf(shown, sizeof(shown), "secret:%s", item->name);
        mn_json_mask(text, mn_buf_str(&item->bytes), shown);
    }
}

bool mn_bundle_keeps(const struct mn_bundle *b)
{
    return b->keeps;
}

const struct mn_tool_text *mn_bundle_tool(const struct mn_bundle *b, int64_t agent, int64_t tool)
{
    int64_t behind = agent - b->spec.nagents;

    if (agent < 0 || tool < 0 || behind >= b->ntext_agents)
        return NULL;
    if (behind >= 0)
        return tool < b->text_agents[behind].ntools ? &b->text_agents[behind].texts[tool] : NULL;
    return tool < b->spec.agents[agent].ntools ? &b->texts[agent].tools[tool] : NULL;
}

const struct mn_tool_spec *mn_bundle_text_tool(const struct mn_bundle *b, int i)
{
    for (int a = 0; a < b->ntext_agents; a++) {
        if (i < b->text_agents[a].ntools)
            return &b->text_agents[a].tools[i];
        i -= b->text_agents[a].ntools;
    }
    return NULL;
}
