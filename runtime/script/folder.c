/* folder.c - paths made safe, then read, behind folder.h. */
#include "script/folder.h"

#include "base/err.h"
#include "script/snapshot.h"

#include <dirent.h>
#include <errno.h>
#include <fcntl.h>
#include <fnmatch.h>
#include <limits.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/stat.h>
#include <unistd.h>

/* Whether path stays inside: relative, no empty, "." or ".." part. */
static bool is_plain(const char *path)
{
    while (*path != '\0') {
        size_t n = strcspn(path, "/");

        if (n == 0 || (n <= 2 && strncmp(path, "..", n) == 0))
            return false;
        path += n;
        if (*path == '/' && *++path == '\0')
            return false;
    }
    return true;
}

static bool is_below(const char *real, const char *root)
{
    size_t n = strlen(root);

    return strcmp(root, "/") == 0 || (strncmp(real, root, n) == 0 && real[n] == '/');
}

static int read_all(int fd, size_t size, struct mn_buf *out)
{
    ssize_t n;

    if (mn_buf_reserve(out, size) != 0)
        return out->err;
    while (size > 0) {
        n = read(fd, out->p + out->n, size);
        if (n < 0 && errno == EINTR)
            continue;
        if (n < 0)
            return -errno;
        if (n == 0)
            break; /* cut shorter meanwhile */
        out->n += (size_t)n;
        size -= (size_t)n;
    }
    if (out->p != NULL)
        out->p[out->n] = '\0';
    return 0;
}

static int read_file(const char *real, const char *path, size_t most, struct mn_buf *out,
                     struct mn_buf *what)
{
    struct stat st;
    int err = 0, fd = open(real, O_RDONLY | O_CLOEXEC | O_NONBLOCK);

    if (fd < 0 || fstat(fd, &st) != 0)
        err = -errno;
    else if (!S_ISREG(st.st_mode))
        err = -EISDIR;
    else if ((uint64_t)st.st_size > most)
        err = MN_ELIMIT;
    else
        err = read_all(fd, (size_t)st.st_size, out);
    if (fd >= 0)
        close(fd);
    if (err == MN_ELIMIT)
        mn_buf_addf(what, "%s is over %zu MB", path, most >> 20);
    else if (err == -EISDIR)
        mn_buf_addf(what, "%s is not a file", path);
    else if (err != 0)
        mn_buf_addf(what, "%s cannot be read: %s", path, mn_strerror(err));
    return err;
}

static int read_below(const struct mn_root *root, const char *path, size_t most, struct mn_buf *out,
                      struct mn_buf *what)
{
    char full[PATH_MAX], real[PATH_MAX];

    if (*path == '\0' || !is_plain(path)) {
        mn_buf_addf(what, "'%s' leads outside the app's folder", path);
        return MN_EREFUSED;
    }
    if (root->real == NULL ||
        snprintf(full, sizeof(full), "%s/%s", root->real, path) >= (int)sizeof(full) ||
        realpath(full, real) == NULL) {
        mn_buf_addf(what, "there is no file %s%s", root->shown != NULL ? root->shown : "", path);
        return MN_EABSENT;
    }
    if (!is_below(real, root->real)) {
        mn_buf_addf(what, "'%s' is a link that leads outside the app's folder", path);
        return MN_EREFUSED;
    }
    return read_file(real, path, most, out, what);
}

typedef int look(const struct mn_root *root, const char *path, size_t most, struct mn_buf *out,
                 struct mn_buf *what);

/* Looks at the disk, or at what the snapshot has of it. out and what are appended to. */
static int look_by(look *fn, const char *name, const struct mn_root *root, const char *path,
                   size_t most, struct mn_buf *out, struct mn_buf *what)
{
    size_t n = out->n, words = what->n;
    int err, kept;

    if (mn_snapshot_replays(root->snapshot))
        return mn_snapshot_get(root->snapshot, name, root->real, path, out, what);
    err = fn(root, path, most, out, what);
    if (root->snapshot == NULL || err == -ENOMEM)
        return err;
    kept = mn_snapshot_put(root->snapshot, name, root->real, path, err,
                           (struct mn_str){out->p + n, out->n - n},
                           (struct mn_str){what->p + words, what->n - words});
    return kept != 0 ? kept : err;
}

int mn_root_read(const struct mn_root *root, const char *path, struct mn_buf *out,
                 struct mn_buf *what)
{
    return mn_root_read_upto(root, path, MN_FOLDER_FILE_MAX, out, what);
}

int mn_root_read_upto(const struct mn_root *root, const char *path, size_t most, struct mn_buf *out,
                      struct mn_buf *what)
{
    return look_by(read_below, "read", root, path, most, out, what);
}

static int by_name(const struct dirent **a, const struct dirent **b)
{
    return strcmp((*a)->d_name, (*b)->d_name);
}

/* Appends those of a folder that fit. folder is what stands before their names, with a slash. */
static int list_folder(const char *real, struct mn_str folder, const char *pattern,
                       struct mn_buf *out)
{
    struct dirent **entries;
    int n = scandir(real, &entries, NULL, by_name);

    if (n < 0)
        return -errno;
    for (int i = 0; i < n; i++) {
        if (fnmatch(pattern, entries[i]->d_name, FNM_PERIOD) == 0) {
            mn_buf_add_str(out, folder);
            mn_buf_add(out, entries[i]->d_name, strlen(entries[i]->d_name) + 1);
        }
        free(entries[i]);
    }
    free(entries);
    return out->err;
}

static int list_below(const struct mn_root *root, const char *pattern, size_t most,
                      struct mn_buf *out, struct mn_buf *what)
{
    const char *slash = strrchr(pattern, '/');
    struct mn_str folder = {pattern, slash != NULL ? (size_t)(slash - pattern) + 1 : 0};
    char full[PATH_MAX], real[PATH_MAX];
    int err;

    (void)most;
    if (*pattern == '\0' || !is_plain(pattern)) {
        mn_buf_addf(what, "'%s' leads outside the app's folder", pattern);
        return MN_EREFUSED;
    }
    if (snprintf(full, sizeof(full), "%s/%.*s", root->real, MN_FMT(folder)) >= (int)sizeof(full) ||
        realpath(full, real) == NULL) {
        mn_buf_addf(what, "there is no folder %s%.*s", root->shown, MN_FMT(folder));
        return MN_EABSENT;
    }
    if (strcmp(real, root->real) != 0 && !is_below(real, root->real)) {
        mn_buf_addf(what, "'%.*s' is a link that leads outside the app's folder", MN_FMT(folder));
        return MN_EREFUSED;
    }
    err = list_folder(real, folder, pattern + folder.n, out);
    if (err != 0)
        mn_buf_addf(what, "%.*s cannot be read: %s", MN_FMT(folder), mn_strerror(err));
    return err;
}

int mn_root_list(const struct mn_root *root, const char *pattern, struct mn_buf *out,
                 struct mn_buf *what)
{
    return look_by(list_below, "list", root, pattern, 0, out, what);
}

/* How an author knows a folder: relative to where the command runs, else by its own name. */
static char *shown_as(const char *real)
{
    char here[PATH_MAX], *shown = NULL;
    const char *tail = strrchr(real, '/') + 1;

    if (realpath(".", here) != NULL) {
        if (strcmp(real, here) == 0)
            return strdup("");
        if (is_below(real, here))
            tail = real + strlen(here) + (here[1] != '\0');
    }
    if (asprintf(&shown, "%s/", tail) < 0)
        return NULL;
    return shown;
}

static int open_root(struct mn_root *root, const char *real)
{
    root->real = strdup(real);
    root->shown = shown_as(real);
    return root->real != NULL && root->shown != NULL ? 0 : -ENOMEM;
}

static int open_lib(struct mn_folder *f)
{
    char path[PATH_MAX], real[PATH_MAX];
    struct stat st;

    if (snprintf(path, sizeof(path), "%s/../lib", f->app.real) >= (int)sizeof(path) ||
        realpath(path, real) == NULL || stat(real, &st) != 0 || !S_ISDIR(st.st_mode))
        return 0;
    return open_root(&f->lib, real);
}

static bool has_page(const char *folder)
{
    char page[PATH_MAX + sizeof("/agent.lua")];

    snprintf(page, sizeof(page), "%s/agent.lua", folder);
    return access(page, F_OK) == 0;
}

static int open_on_disk(struct mn_folder *f, const char *path, struct mn_buf *why)
{
    char real[PATH_MAX];
    struct stat st;
    char *slash;
    int err;

    if (realpath(path, real) == NULL || stat(real, &st) != 0) {
        err = -errno;
        mn_buf_addf(why, "%s: %s\n", path, mn_strerror(err));
        return err;
    }
    if (S_ISDIR(st.st_mode)) {
        if (!has_page(real)) {
            mn_buf_addf(why, "%s: there is no agent.lua in it; 'myna new DIR' makes an app\n",
                        path);
            return MN_ESCRIPT;
        }
        f->main = strdup("agent.lua");
    } else {
        slash = strrchr(real, '/');
        f->main = strdup(slash + 1);
        *(slash == real ? slash + 1 : slash) = '\0';
    }
    err = f->main != NULL ? open_root(&f->app, real) : -ENOMEM;
    return err == 0 ? open_lib(f) : err;
}

/* The texts of a folder, each with a NUL behind it; "" for none. */
static char **places(struct mn_folder *f, int i)
{
    char **all[] = {&f->main, &f->app.real, &f->app.shown, &f->lib.real, &f->lib.shown};

    return all[i];
}
enum { NPLACES = 5 };

static int put_folder(const struct mn_folder *f, const char *path, struct mn_snapshot *snapshot)
{
    struct mn_folder all = *f;
    struct mn_buf texts = {0};
    int err;

    for (int i = 0; i < NPLACES; i++) {
        const char *text = *places(&all, i) != NULL ? *places(&all, i) : "";

        mn_buf_add(&texts, text, strlen(text) + 1);
    }
    err = texts.err != 0 ? texts.err
                         : mn_snapshot_put(snapshot, "open", NULL, path, 0, mn_buf_str(&texts),
                                           (struct mn_str){0});
    mn_buf_free(&texts);
    return err;
}

static int open_replayed(struct mn_folder *f, const char *path, const struct mn_snapshot *snapshot,
                         struct mn_buf *why)
{
    struct mn_buf texts = {0};
    int err = mn_snapshot_get(snapshot, "open", NULL, path, &texts, why);
    const char *at = texts.p, *end = texts.p + texts.n;

    for (int i = 0; i < NPLACES && err == 0; i++) {
        size_t n = at != end ? strnlen(at, (size_t)(end - at)) : 0;

        if (at == end || at + n == end)
            err = MN_EPROTOCOL;
        else if (n > 0 || i == 2) /* an app where the command runs is shown as "" */
            err = (*places(f, i) = strdup(at)) != NULL ? 0 : -ENOMEM;
        at += n + 1;
    }
    mn_buf_free(&texts);
    return err;
}

int mn_folder_open(struct mn_folder *f, const char *path, struct mn_snapshot *snapshot,
                   struct mn_buf *why)
{
    int err;

    *f = (struct mn_folder){0};
    err = mn_snapshot_replays(snapshot) ? open_replayed(f, path, snapshot, why)
                                        : open_on_disk(f, path, why);
    if (err == 0 && snapshot != NULL && !mn_snapshot_replays(snapshot))
        err = put_folder(f, path, snapshot);
    f->app.snapshot = f->lib.snapshot = snapshot;
    if (err != 0)
        mn_folder_close(f);
    return err;
}

void mn_folder_seal(struct mn_folder *f)
{
    f->app.snapshot = f->lib.snapshot = NULL;
}

void mn_folder_close(struct mn_folder *f)
{
    free(f->app.real);
    free(f->app.shown);
    free(f->lib.real);
    free(f->lib.shown);
    free(f->main);
    *f = (struct mn_folder){0};
}
