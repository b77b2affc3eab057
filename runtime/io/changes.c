/* changes.c - sums up names, sizes and times of files, behind changes.h. It only looks; being told
 * by the kernel is changes_watch.c's. */
#include "io/changes.h"

#include <dirent.h>
#include <stdbool.h>
#include <stdio.h>
#include <string.h>

#define DEPTH_MAX  8    /* of folders; three to an app, and what apps have inside */
#define FILES_MAX  4096 /* of one path: a look at more would hold up audio */
#define PATH_BYTES 4096

struct walk {
    mn_changes_visit *visit;
    void *owner;
    int left;
};

static void visit(struct walk *w, const char *path, int depth);

static bool is_looked_at(const char *name)
{
    size_t n = strlen(name);

    if (strstr(name, ".db") != NULL)
        return false;
    return (name[0] != '.' || strncmp(name, ".env", 4) == 0) && name[n - 1] != '~';
}

static void visit_folder(struct walk *w, const char *path, int depth)
{
    DIR *dir = opendir(path);
    struct dirent *entry;
    char below[PATH_BYTES];

    if (dir == NULL)
        return;
    while ((entry = readdir(dir)) != NULL) {
        if (is_looked_at(entry->d_name) &&
            (size_t)snprintf(below, sizeof(below), "%s/%s", path, entry->d_name) < sizeof(below))
            visit(w, below, depth - 1);
    }
    closedir(dir);
}

static void visit(struct walk *w, const char *path, int depth)
{
    struct stat st;

    if (depth == 0 || w->left-- <= 0 || stat(path, &st) != 0)
        return;
    w->visit(w->owner, path, &st);
    if (S_ISDIR(st.st_mode))
        visit_folder(w, path, depth);
}

void mn_changes_walk(const char *path, mn_changes_visit *fn, void *owner)
{
    struct walk w = {.visit = fn, .owner = owner, .left = FILES_MAX};

    visit(&w, path, DEPTH_MAX);
}

static uint64_t mix(uint64_t h, uint64_t x)
{
    for (int i = 0; i < 8; i++, x >>= 8)
        h = (h ^ (x & 0xff)) * 0x100000001b3; /* FNV-1a */
    return h;
}

/* The order in which a folder names its files is not its content: they are added up. */
static void add(void *owner, const char *path, const struct stat *st)
{
    uint64_t h = 0xcbf29ce484222325, *sum = owner;

    if (S_ISDIR(st->st_mode))
        return;
    for (const char *c = path; *c != '\0'; c++)
        h = mix(h, (unsigned char)*c);
    h = mix(h, (uint64_t)st->st_size);
    h = mix(h, (uint64_t)st->st_mtim.tv_sec);
    *sum += mix(h, (uint64_t)st->st_mtim.tv_nsec);
}

/* The app of a file of scenarios is the folder above its own. */
static uint64_t sum_path(const char *path)
{
    char app[PATH_BYTES];
    struct stat st;
    uint64_t sum = 0;

    if (stat(path, &st) != 0 || S_ISDIR(st.st_mode)) {
        mn_changes_walk(path, add, &sum);
        return sum;
    }
    if (strlen(path) + sizeof("/..") > sizeof(app))
        return 0;
    if (strrchr(path, '/') == NULL)
        snprintf(app, sizeof(app), "..");
    else
        snprintf(app, sizeof(app), "%.*s/..", (int)(strrchr(path, '/') - path), path);
    mn_changes_walk(app, add, &sum);
    return sum;
}

uint64_t mn_changes_sum(char **paths, int npaths)
{
    uint64_t sum = 0;

    for (int i = 0; i < npaths; i++)
        sum = mix(sum, sum_path(paths[i]));
    return sum;
}
