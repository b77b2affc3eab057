/* file.c - reads a whole file, behind file.h. */
#include "base/file.h"

#include <errno.h>
#include <stdio.h>

int mn_file_read(struct mn_buf *out, const char *path, size_t most)
{
    FILE *f = fopen(path, "rbe");
    char piece[4096];
    size_t n;
    int err;

    if (f == NULL)
        return -errno;
    out->limit = most;
    while (out->err == 0 && (n = fread(piece, 1, sizeof(piece), f)) > 0)
        mn_buf_add(out, piece, n);
    err = ferror(f) ? -errno : out->err;
    fclose(f);
    return err;
}
