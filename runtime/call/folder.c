/* folder.c - behind folder.h: a lock on the folder itself (flock(2)), shared by masters, tried
 * alone by whoever would remove it. */
#include "call/folder.h"

#include <dirent.h>
#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/file.h>
#include <sys/stat.h>
#include <unistd.h>

#define PREFIX "myna-run-"
enum {
    RANDOM = 6, /* letters of mkdtemp */
    TRIES = 5,  /* another start may have taken a new one for a dead server's */
};

static int open_folder(const char *path)
{
    int fd = open(path, O_RDONLY | O_DIRECTORY | O_NOFOLLOW | O_CLOEXEC);

    return fd >= 0 ? fd : -errno;
}

/* Sockets only: their names are workers' numbers. */
static void empty(int fd)
{
    char name[16];

    for (int i = 0; i < MN_PAGE_WORKERS; i++) {
        snprintf(name, sizeof(name), "%d", i);
        unlinkat(fd, name, 0);
    }
}

/* Whether nobody has it; then it is gone. Closes fd. */
static void remove_unused(const char *path, int fd)
{
    if (flock(fd, LOCK_EX | LOCK_NB) == 0) {
        empty(fd);
        rmdir(path);
    }
    close(fd);
}

static void clean(const char *in)
{
    DIR *all = opendir(in);
    const struct dirent *one;
    char path[512];
    struct stat st;
    int fd;

    if (all == NULL)
        return;
    while ((one = readdir(all)) != NULL) {
        if (strncmp(one->d_name, PREFIX, strlen(PREFIX)) != 0 ||
            strlen(one->d_name) != strlen(PREFIX) + RANDOM)
            continue;
        snprintf(path, sizeof(path), "%s/%.80s", in, one->d_name);
        fd = open_folder(path);
        if (fd < 0)
            continue;
        if (fstat(fd, &st) == 0 && st.st_uid == geteuid())
            remove_unused(path, fd);
        else
            close(fd);
    }
    closedir(all);
}

int mn_folder_share(const char *folder, int *fd)
{
    struct stat st;

    *fd = open_folder(folder);
    if (*fd < 0)
        return *fd;
    if (flock(*fd, LOCK_SH | LOCK_NB) == 0 && stat(folder, &st) == 0)
        return 0;
    close(*fd);
    *fd = -1;
    return -EAGAIN;
}

int mn_folder_make(char out[MN_INHERIT_FOLDER], int *fd, const char **in)
{
    const char *run = getenv("XDG_RUNTIME_DIR");
    int err = -EAGAIN;

    if (run == NULL || *run != '/' || strlen(run) > 40 || strchr(run, ' ') != NULL ||
        access(run, W_OK) != 0)
        run = "/tmp";
    *in = run;
    *fd = -1;
    clean(run);
    for (int i = 0; i < TRIES && err == -EAGAIN; i++) {
        snprintf(out, MN_INHERIT_FOLDER, "%s/" PREFIX "XXXXXX", run);
        err = mkdtemp(out) != NULL ? mn_folder_share(out, fd) : -errno;
        if (err == -ENOENT) /* between the two it was removed */
            err = -EAGAIN;
    }
    if (err != 0)
        out[0] = '\0';
    return err;
}

void mn_folder_leave(const char *folder, int fd)
{
    if (fd >= 0)
        remove_unused(folder, fd);
}
