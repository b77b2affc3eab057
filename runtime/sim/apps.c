/* apps.c - looks for apps and their scenarios in folders, behind apps.h. Names are sorted, so that
 * a run is in the same order everywhere. */
#include "sim/apps.h"

#include "base/err.h"

#include <dirent.h>
#include <errno.h>
#include <limits.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/stat.h>

#define DEPTH_MAX 3 /* folders below the one named in which apps are looked for */

struct names {
    char **list; /* owned, paths */
    int n;
};

struct search {
    mn_app_fn *fn;
    void *owner;
    int found; /* apps with scenarios */
};

static void free_names(struct names *names)
{
    for (int i = 0; i < names->n; i++)
        free(names->list[i]);
    free(names->list);
    *names = (struct names){0};
}

static bool is_folder(const char *path)
{
    struct stat st;

    return stat(path, &st) == 0 && S_ISDIR(st.st_mode);
}

static bool is_file(const char *path)
{
    struct stat st;

    return stat(path, &st) == 0 && S_ISREG(st.st_mode);
}

/* folder/name, or name alone in ".". Owned; NULL when memory is out. */
static char *joined(const char *folder, const char *name)
{
    char *path = NULL;
    size_t n = strlen(folder);

    if (strcmp(folder, ".") == 0)
        return strdup(name);
    while (n > 1 && folder[n - 1] == '/')
        n--;
    return asprintf(&path, "%.*s/%s", (int)n, folder, name) < 0 ? NULL : path;
}

static int by_name(const void *a, const void *b)
{
    return strcmp(*(char *const *)a, *(char *const *)b);
}

static int add(struct names *names, char *path)
{
    char **list = realloc(names->list, (size_t)(names->n + 1) * sizeof(*list));

    if (list == NULL || path == NULL) {
        free(path);
        names->list = list != NULL ? list : names->list;
        return -ENOMEM;
    }
    names->list = list;
    names->list[names->n++] = path;
    return 0;
}

/* Everything in a folder but what is hidden, sorted. */
static int read_folder(const char *folder, struct names *names)
{
    DIR *dir = opendir(folder);
    struct dirent *entry;
    int err = 0;

    if (dir == NULL)
        return -errno;
    while (err == 0 && (entry = readdir(dir)) != NULL) {
        if (entry->d_name[0] != '.')
            err = add(names, joined(folder, entry->d_name));
    }
    closedir(dir);
    if (err == 0 && names->n > 0)
        qsort(names->list, (size_t)names->n, sizeof(*names->list), by_name);
    return err;
}

static bool ends_with(const char *path, const char *end)
{
    size_t n = strlen(path), m = strlen(end);

    return n > m && strcmp(path + n - m, end) == 0;
}

static bool is_scenarios(const char *path)
{
    return (ends_with(path, ".lua") || ends_with(path, ".json")) && is_file(path);
}

/* Gives the app's files of scenarios, when it has some. */
static int visit_app(struct search *s, const char *app)
{
    char *folder = joined(app, "scenarios");
    struct names names = {0}, files = {0};
    int err = folder != NULL ? 0 : -ENOMEM;

    if (err == 0 && is_folder(folder))
        err = read_folder(folder, &names);
    for (int i = 0; err == 0 && i < names.n; i++) {
        if (is_scenarios(names.list[i]))
            err = add(&files, strdup(names.list[i]));
    }
    if (err == 0 && files.n > 0) {
        s->found++;
        s->fn(s->owner, app, files.list, files.n);
    }
    free_names(&names);
    free_names(&files);
    free(folder);
    return err;
}

static bool is_app(const char *folder)
{
    char *page = joined(folder, "agent.lua");
    bool yes = page != NULL && is_file(page);

    free(page);
    return yes;
}

static int visit_folder(struct search *s, const char *folder, int depth)
{
    struct names names = {0};
    int err;

    if (is_app(folder))
        return visit_app(s, folder);
    if (depth == 0)
        return 0;
    err = read_folder(folder, &names);
    for (int i = 0; err == 0 && i < names.n; i++) {
        if (is_folder(names.list[i]))
            err = visit_folder(s, names.list[i], depth - 1);
    }
    free_names(&names);
    return err;
}

/* The folder a path lies in: "." for a name alone. Owned. */
static char *parent(const char *path)
{
    const char *slash = strrchr(path, '/');

    if (slash == NULL)
        return strdup(".");
    return slash == path ? strdup("/") : strndup(path, (size_t)(slash - path));
}

/* A file's app is the folder above scenarios/; where the path has no name above, it is "..". */
static int visit_file(struct search *s, const char *path)
{
    char *folder = parent(path);
    char *app = folder != NULL && strcmp(folder, ".") != 0 ? parent(folder) : strdup("..");
    char *file = strdup(path);
    int err = folder != NULL && app != NULL && file != NULL ? 0 : -ENOMEM;

    if (err == 0) {
        s->found++;
        s->fn(s->owner, app, &file, 1);
    }
    free(folder);
    free(app);
    free(file);
    return err;
}

int mn_apps_find(const char *path, mn_app_fn *fn, void *owner, struct mn_buf *why)
{
    struct search s = {.fn = fn, .owner = owner};
    struct stat st;
    int err;

    if (stat(path, &st) != 0)
        err = -errno;
    else if (S_ISDIR(st.st_mode))
        err = visit_folder(&s, path, DEPTH_MAX);
    else
        err = visit_file(&s, path);
    if (err != 0) {
        mn_buf_addf(why, "%s: %s\n", path, mn_strerror(err));
    } else if (s.found == 0) {
        err = MN_EABSENT;
        mn_buf_addf(why, "%s: no scenarios: expected an app's folder with scenarios/*.lua\n", path);
    }
    return err;
}
