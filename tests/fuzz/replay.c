/* replay.c - gives a fuzz target each file of a folder once, where there is no libFuzzer. */
#include "fuzz.h"

#include "base/buf.h"

#include <dirent.h>

static int replay(const char *folder, const char *name)
{
    struct mn_buf path = {0}, bytes = {0};
    char some[4096];
    FILE *f = NULL;
    size_t n;

    if (mn_buf_addf(&path, "%s/%s", folder, name) == 0)
        f = fopen(path.p, "rb");
    mn_buf_free(&path);
    if (f == NULL)
        return -1;
    while ((n = fread(some, 1, sizeof(some), f)) > 0)
        mn_buf_add(&bytes, some, n);
    fclose(f);
    if (bytes.err == 0)
        LLVMFuzzerTestOneInput((const uint8_t *)bytes.p, bytes.n);
    mn_buf_free(&bytes);
    return 0;
}

int main(int argc, char **argv)
{
    struct dirent *entry;
    int count = 0, err = 0;
    DIR *d = argc == 2 ? opendir(argv[1]) : NULL;

    if (d == NULL) {
        fprintf(stderr, "usage: %s FOLDER\n", argv[0]);
        return 2;
    }
    while (err == 0 && (entry = readdir(d)) != NULL) {
        if (entry->d_name[0] == '.')
            continue;
        err = replay(argv[1], entry->d_name);
        count++;
    }
    closedir(d);
    printf("%d files\n", count);
    return err == 0 && count > 0 ? 0 : 1;
}
