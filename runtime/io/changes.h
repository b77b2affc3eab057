/* changes.h - whether files have changed: for `myna test --watch`, and for apps that are served
 * while they are written. */
#ifndef MN_IO_CHANGES_H
#define MN_IO_CHANGES_H

#include "io/loop.h"

#include <stdint.h>
#include <sys/stat.h>

/* A sum over the names, sizes and times of all files below what each of paths names (the whole app
 * when it is a file of scenarios): another sum, something changed. Hidden files are left out but
 * for .env, and so are editors' copies (agent.lua~) and what apps keep (myna.db, myna.db-wal);
 * folders are followed eight deep, and 4,096 files and folders of a path are looked at. */
uint64_t mn_changes_sum(char **paths, int npaths);

struct mn_changes;

/* Calls changed(owner) from the loop, 10 ms after the last of some changes below folders, which are
 * copied and need not be there yet. What the kernel does not tell (on network and overlay
 * filesystems, or past 256 folders) is seen within a second. Returns 0 or -ENOMEM. */
int mn_changes_open(struct mn_changes **out, struct mn_loop *loop, char **folders, int nfolders,
                    void (*changed)(void *owner), void *owner);

/* All that has changed until now is known: it is not told. Accepts NULL. */
void mn_changes_skip(struct mn_changes *c);

/* Before the loop is closed. Accepts NULL. */
void mn_changes_close(struct mn_changes *c);

/* For io/ only: visits all that a sum of path would look at, path itself first. */
typedef void mn_changes_visit(void *owner, const char *path, const struct stat *st);
void mn_changes_walk(const char *path, mn_changes_visit *fn, void *owner);

#endif
