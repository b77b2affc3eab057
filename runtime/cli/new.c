/* new.c - `myna new`: an app to begin with, that runs, and a scenario that passes.
 *
 * The types of the SDK are written beside it, so that an editor with the Lua language server knows
 * every word from the first keystroke. */
#include "base/embedded.h"
#include "base/err.h"
#include "cli/command.h"

#include <errno.h>
#include <limits.h>
#include <stdio.h>
#include <sys/stat.h>

extern const struct mn_embedded mn_new_app[];
extern const struct mn_embedded mn_types[];

/* Names that begin with a dot stand without it in the source tree. */
static const char *const dotted[][2] = {{"luarc.json", ".luarc.json"},
                                        {"env.example", ".env.example"}};

static const char *name_of(const char *path)
{
    for (size_t i = 0; i < sizeof(dotted) / sizeof(dotted[0]); i++) {
        if (strcmp(path, dotted[i][0]) == 0)
            return dotted[i][1];
    }
    return path;
}

static int make_folder(const char *path)
{
    return mkdir(path, 0777) == 0 || errno == EEXIST ? 0 : -errno;
}

/* All folders on the way to the file. */
static int make_way(char *path)
{
    int err = 0;

    for (char *slash = strchr(path + 1, '/'); slash != NULL && err == 0;
         slash = strchr(slash + 1, '/')) {
        *slash = '\0';
        err = make_folder(path);
        *slash = '/';
    }
    return err;
}

/* Never over a file that is there. */
static int write_file(const char *folder, const char *name, const struct mn_embedded *file,
                      struct mn_buf *why)
{
    char path[PATH_MAX];
    FILE *out = NULL;
    int err = -ENAMETOOLONG;

    if (snprintf(path, sizeof(path), "%s/%s", folder, name) < (int)sizeof(path))
        err = make_way(path);
    if (err == 0) {
        out = fopen(path, "wx");
        err = out != NULL ? 0 : -errno;
    }
    if (out != NULL && fwrite(file->bytes, 1, file->size, out) != file->size)
        err = -EIO;
    if (out != NULL && fclose(out) != 0 && err == 0)
        err = -errno;
    if (err != 0)
        mn_buf_addf(why, "%s: %s\n", path, mn_strerror(err));
    return err;
}

static int write_all(const char *folder, struct mn_buf *why)
{
    char name[64];
    int err = 0;

    for (const struct mn_embedded *f = mn_new_app; f->path != NULL && err == 0; f++)
        err = write_file(folder, name_of(f->path), f, why);
    for (const struct mn_embedded *f = mn_types; f->path != NULL && err == 0; f++) {
        snprintf(name, sizeof(name), ".myna/%s", strrchr(f->path, '/') + 1);
        err = write_file(folder, name, f, why);
    }
    return err;
}

int mn_cmd_new(const struct mn_command *self, int argc, char **argv, int from)
{
    struct mn_buf why = {0};
    const char *folder = argc > from ? argv[from] : NULL;
    int err;

    if (folder == NULL || mn_cli_wants_help(argc, argv, from)) {
        printf("myna new %s: %s\n\n  myna new shop && myna chat shop\n", self->words, self->does);
        return folder == NULL ? MN_EXIT_USAGE : MN_EXIT_OK;
    }
    err = write_all(folder, &why);
    if (err == 0)
        printf("made %s. Go on with:\n\n  myna chat %s     type to it\n  myna test %s     play its "
               "scenarios\n  myna serve %s    take calls\n",
               folder, folder, folder, folder);
    mn_cli_complain(&why);
    mn_buf_free(&why);
    return err == 0 ? MN_EXIT_OK : MN_EXIT_USAGE;
}
