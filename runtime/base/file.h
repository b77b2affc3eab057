/* file.h - a whole file, as bytes. */
#ifndef MN_BASE_FILE_H
#define MN_BASE_FILE_H

#include "base/buf.h"

/* Appends the file's bytes to out, which may hold `most` in all (its limit from now on). Returns 0;
 * -errno as fopen or fread; MN_ELIMIT or -ENOMEM as mn_buf_add, and then out->err says the same. */
int mn_file_read(struct mn_buf *out, const char *path, size_t most);

#endif
