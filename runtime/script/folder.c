/* folder.c - paths made safe, then read, behind folder.h. */
#include "script/folder.h"

#include "base/err.h"

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

int mn_root_read(const struct mn_root *root, const char *path, struct mn_buf *out,
                 struct mn_buf *what)
{
    return mn_root_read_upto(root, path, MN_FOLDER_FILE_MAX, out, what);
}

int mn_root_read_upto(const struct mn_root *root, const char *path, size_t most, struct mn_buf *out,
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

int mn_root_list(const struct mn_root *root, const char *pattern, struct mn_buf *out,
                 struct mn_buf *what)
{
    const char *slash = strrchr(pattern, '/');
    struct mn_str folder = {pattern, slash != NULL ? (size_t)(slash - pattern) + 1 : 0};
    char full[PATH_MAX], real[PATH_MAX];
    int err;

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

int mn_folder_open(struct mn_folder *f, const char *path, struct mn_buf *why)
{
    char real[PATH_MAX];
    struct stat st;
    char *slash;
    int err;

    *f = (struct mn_folder){0};
    if (realpath(path, real) == NULL || stat(real, &st) != 0) {
        err = -errno;
        mn_buf_addf(why, "%s: %s\n", path, mn_strerror(err));
        return err;
    }
    if (S_ISDIR(st.st_mode)) {
        f->main = strdup("agent.lua");
    } else {
        slash = strrchr(real, '/');
        f->main = strdup(slash + 1);
        *(slash == real ? slash + 1 : slash) = '\0';
    }
    err = f->main != NULL ? open_root(&f->app, real) : -ENOMEM;
    if (err == 0)
        err = open_lib(f);
    if (err != 0)
        mn_folder_close(f);
    return err;
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
