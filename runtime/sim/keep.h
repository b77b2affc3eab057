/* keep.h - files a run leaves behind: one a scenario, in a folder of the author's. */
#ifndef MN_SIM_KEEP_H
#define MN_SIM_KEEP_H

#include "base/buf.h"

/* Makes the folder when it is not there. Returns 0 or -errno. */
int mn_keep_dir(const char *dir);

/* "dir/app.file.the-name-of-the-scenario.ending". Returns 0 or -ENOMEM. */
int mn_keep_path(struct mn_buf *out, const char *dir, const char *file, const char *name,
                 const char *ending);

/* Creates or replaces it. Returns 0 or -errno. */
int mn_keep_file(const char *path, struct mn_str bytes);

#endif
