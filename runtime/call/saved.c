/* saved.c - the folders of apps, watched, behind saved.h. */
#include "call/saved.h"

#include "call/worker_parts.h"

#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>

#define SEEN_BYTES 4096 /* of a path */

bool mn_saved_is_wanted(const struct mn_settings *s)
{
    if (s->watch == MN_WATCH_AUTO)
        return !mn_worker_has_keys(s) && mn_worker_is_local(s);
    return s->watch == MN_WATCH_ON;
}

/* The folder of an app, as it was named: where that is a link, it may lead elsewhere tomorrow. */
static void name_folder(const char *path, char out[SEEN_BYTES])
{
    const char *slash = strrchr(path, '/');
    struct stat st;

    if (stat(path, &st) != 0 || S_ISDIR(st.st_mode))
        snprintf(out, SEEN_BYTES, "%s", path);
    else if (slash == NULL)
        snprintf(out, SEEN_BYTES, ".");
    else
        snprintf(out, SEEN_BYTES, "%.*s", (int)(slash - path) + (slash == path), path);
}

/* Adds a folder unless it is there. Returns 0 or -ENOMEM. */
static int add_folder(char **folders, int *n, const char *folder)
{
    for (int i = 0; i < *n; i++) {
        if (strcmp(folders[i], folder) == 0)
            return 0;
    }
    folders[*n] = strdup(folder);
    return folders[*n] != NULL ? (++*n, 0) : -ENOMEM;
}

/* Each app's folder, and the lib beside it. */
static int list_folders(char **paths, int npaths, char **folders, int *n)
{
    char folder[SEEN_BYTES], lib[SEEN_BYTES + sizeof("/../lib")];
    int err = 0;

    for (int i = 0; i < npaths && err == 0; i++) {
        name_folder(paths[i], folder);
        snprintf(lib, sizeof(lib), "%s/../lib", folder);
        err = add_folder(folders, n, folder);
        if (err == 0)
            err = add_folder(folders, n, lib);
    }
    return err;
}

int mn_saved_open(struct mn_changes **out, struct mn_loop *loop, char **paths, int npaths,
                  void (*saved)(void *owner), void *owner)
{
    char **folders = calloc(2 * (size_t)npaths, sizeof(*folders));
    int n = 0, err;

    *out = NULL;
    if (folders == NULL)
        return -ENOMEM;
    err = list_folders(paths, npaths, folders, &n);
    if (err == 0)
        err = mn_changes_open(out, loop, folders, n, saved, owner);
    while (n > 0)
        free(folders[--n]);
    free(folders);
    return err;
}
