/* suite.c - loads apps and files of scenarios, and lists what is wanted of them, behind suite.h. */
#include "sim/suite.h"

#include "base/err.h"
#include "sim/apps.h"
#include "sim/wire.h"

#include <errno.h>
#include <stdlib.h>

struct reading {
    struct mn_suite *suite;
    const struct mn_suite_settings *settings;
    int err;
};

static bool has_word(const char *words, const char *word)
{
    size_t n = strlen(word);

    for (const char *at = strstr(words, word); at != NULL; at = strstr(at + 1, word)) {
        if ((at == words || at[-1] == ' ') && (at[n] == ' ' || at[n] == '\0'))
            return true;
    }
    return false;
}

/* FNV-1a, 64 bits: the same shard on every machine. */
static uint64_t hash(uint64_t h, const char *text)
{
    for (; *text != '\0'; text++)
        h = (h ^ (unsigned char)*text) * 0x100000001b3;
    return h;
}

static bool is_of_shard(const struct mn_choice *choice, const char *path, const char *name)
{
    const char *slash = strrchr(path, '/');
    uint64_t h = hash(0xcbf29ce484222325, slash != NULL ? slash + 1 : path);

    h = hash(h, name);
    return choice->shards == 0 || (int)(h % (uint64_t)choice->shards) == choice->shard - 1;
}

static bool is_wanted(const struct mn_choice *choice, const char *path,
                      const struct mn_scenario *sc)
{
    return (choice->filter == NULL || strstr(sc->name, choice->filter) != NULL) &&
           (choice->tag == NULL || has_word(sc->tags, choice->tag)) &&
           is_of_shard(choice, path, sc->name);
}

/* Makes room for one more of an array; NULL, and err, when memory is out. */
static void *grown(struct reading *r, void *list, int n, size_t size)
{
    void *more = realloc(list, (size_t)(n + 1) * size);

    if (more == NULL)
        r->err = -ENOMEM;
    return more;
}

static void add_case(struct reading *r, int file, int index)
{
    struct mn_suite *s = r->suite;
    struct mn_case *list = grown(r, s->cases, s->ncases, sizeof(*list));

    if (list == NULL)
        return;
    s->cases = list;
    s->cases[s->ncases++] = (struct mn_case){.file = file, .index = index};
}

static struct mn_suite_file *add_file(struct reading *r, const char *path)
{
    struct mn_suite *s = r->suite;
    struct mn_suite_file *list = grown(r, s->files, s->nfiles, sizeof(*list));

    if (list == NULL)
        return NULL;
    s->files = list;
    list[s->nfiles] = (struct mn_suite_file){.path = strdup(path)};
    if (list[s->nfiles].path != NULL)
        return &list[s->nfiles++];
    r->err = -ENOMEM;
    return NULL;
}

static void add_broken(struct reading *r, struct mn_suite_file *file, int err)
{
    if (file->broken.n == 0)
        mn_buf_add_text(&file->broken, mn_strerror(err));
    if (is_of_shard(&r->settings->choice, file->path, ""))
        add_case(r, (int)(file - r->suite->files), -1);
}

static void read_file(struct reading *r, struct mn_bundle *bundle, const char *app,
                      const char *path)
{
    struct mn_suite_file *file = add_file(r, path);
    int err;

    if (file == NULL)
        return;
    err = mn_scenarios_open(
        &file->scenarios,
        &(struct mn_scenarios_settings){.bundle = bundle,
                                        .app = app,
                                        .path = path,
                                        .seed = r->settings->seed,
                                        .record = r->settings->record,
                                        .update = r->settings->update,
                                        .wire = r->settings->wire ? &r->suite->wire : NULL,
                                        .coverage = r->settings->coverage,
                                        .sound_dir = r->settings->sound_dir},
        &file->broken);
    if (err != 0) {
        add_broken(r, file, err);
        return;
    }
    for (int i = 0; i < mn_scenarios_count(file->scenarios); i++) {
        if (is_wanted(&r->settings->choice, path, mn_scenarios_at(file->scenarios, i)))
            add_case(r, (int)(file - r->suite->files), i);
    }
}

static void keep_app(struct reading *r, struct mn_bundle *bundle)
{
    struct mn_suite_app *list = grown(r, r->suite->apps, r->suite->napps, sizeof(*list));

    if (list == NULL) {
        mn_bundle_drop(bundle);
        return;
    }
    r->suite->apps = list;
    r->suite->apps[r->suite->napps++].bundle = bundle;
}

static void tell(struct reading *r)
{
    if (r->err == 0 && r->settings->grown != NULL)
        r->settings->grown(r->settings->owner, r->suite);
}

static void read_app(void *owner, const char *app, char **files, int nfiles)
{
    struct reading *r = owner;
    struct mn_suite_file *page;
    struct mn_bundle *bundle;
    struct mn_buf why = {0};
    int err = mn_bundle_load_for_test(&bundle, app, (struct mn_str){0}, &r->suite->silent, &why);

    if (err != 0) {
        page = add_file(r, app);
        if (page != NULL) {
            page->broken = why;
            add_broken(r, page, err);
            tell(r);
        } else {
            mn_buf_free(&why);
        }
        return;
    }
    mn_buf_free(&why);
    keep_app(r, bundle);
    for (int i = 0; r->err == 0 && i < nfiles; i++) {
        read_file(r, bundle, app, files[i]);
        tell(r);
    }
}

int mn_suite_add(struct mn_suite *suite, const struct mn_suite_settings *settings, const char *path,
                 struct mn_buf *why)
{
    struct reading r = {.suite = suite, .settings = settings};
    int err;

    suite->silent.level = MN_LOG_OFF;
    err = mn_apps_find(path, read_app, &r, why);

    return err != 0 ? err : r.err;
}

const struct mn_suite_file *mn_suite_file(const struct mn_suite *suite, int i)
{
    return &suite->files[suite->cases[i].file];
}

const struct mn_scenario *mn_suite_scenario(const struct mn_suite *suite, int i)
{
    const struct mn_case *it = &suite->cases[i];

    return it->index < 0 ? NULL : mn_scenarios_at(suite->files[it->file].scenarios, it->index);
}

void mn_suite_free(struct mn_suite *suite)
{
    for (int i = 0; i < suite->nfiles; i++) {
        mn_scenarios_close(suite->files[i].scenarios);
        mn_buf_free(&suite->files[i].broken);
        free(suite->files[i].path);
    }
    for (int i = 0; i < suite->napps; i++)
        mn_bundle_drop(suite->apps[i].bundle);
    mn_wire_close(suite->wire);
    free(suite->apps);
    free(suite->files);
    free(suite->cases);
    *suite = (struct mn_suite){0};
}
