/* changes.c - sums up names, sizes and times of files, behind changes.h. It only looks: watching by
 * the kernel needs a descriptor a folder, and misses what network and overlay filesystems do not
 * tell. */
#include "sim/changes.h"

#include <dirent.h>
#include <stdbool.h>
#include <stdio.h>
#include <string.h>
#include <sys/stat.h>

#define DEPTH_MAX  8 /* of folders; three to an app, and what apps have inside */
#define PATH_BYTES 4096

static uint64_t mix(uint64_t h, uint64_t x)
{
    for (int i = 0; i < 8; i++, x >>= 8)
        h = (h ^ (x & 0xff)) * 0x100000001b3; /* FNV-1a */
    return h;
}

static uint64_t sum_of(const char *path, int depth);

/* The order in which a folder names its files is not its content: they are added up. */
static uint64_t sum_folder(const char *path, int depth)
{
    DIR *dir = opendir(path);
    struct dirent *entry;
    char below[PATH_BYTES];
    uint64_t sum = 0;

    if (dir == NULL)
        return 0;
    while ((entry = readdir(dir)) != NULL) {
        bool hidden = entry->d_name[0] == '.' && strncmp(entry->d_name, ".env", 4) != 0;

        if (!hidden &&
            (size_t)snprintf(below, sizeof(below), "%s/%s", path, entry->d_name) < sizeof(below))
            sum += sum_of(below, depth - 1);
    }
    closedir(dir);
    return sum;
}

static uint64_t sum_of(const char *path, int depth)
{
    uint64_t h = 0xcbf29ce484222325;
    struct stat st;

    if (depth == 0 || stat(path, &st) != 0)
        return 0;
    if (S_ISDIR(st.st_mode))
        return sum_folder(path, depth);
    for (const char *c = path; *c != '\0'; c++)
        h = mix(h, (unsigned char)*c);
    h = mix(h, (uint64_t)st.st_size);
    h = mix(h, (uint64_t)st.st_mtim.tv_sec);
    return mix(h, (uint64_t)st.st_mtim.tv_nsec);
}

/* The app of a file of scenarios is the folder above its own. */
static uint64_t sum_path(const char *path)
{
    char app[PATH_BYTES];
    struct stat st;

    if (stat(path, &st) != 0 || S_ISDIR(st.st_mode))
        return sum_of(path, DEPTH_MAX);
    if (strlen(path) + sizeof("/..") > sizeof(app))
        return 0;
    if (strrchr(path, '/') == NULL)
        snprintf(app, sizeof(app), "..");
    else
        snprintf(app, sizeof(app), "%.*s/..", (int)(strrchr(path, '/') - path), path);
    return sum_of(app, DEPTH_MAX);
}

uint64_t mn_changes_sum(char **paths, int npaths)
{
    uint64_t sum = 0;

    for (int i = 0; i < npaths; i++)
        sum = mix(sum, sum_path(paths[i]));
    return sum;
}
