/* folder.h - the folder in which the workers of a server have their own sockets (owner.h).
 *
 * Every master that uses one holds a lock on it, so that the next start knows those whose masters
 * are dead, and removes them. */
#ifndef MN_CALL_FOLDER_H
#define MN_CALL_FOLDER_H

#include "call/inherit.h"

/* Makes one, in XDG_RUNTIME_DIR or /tmp, which only this user may enter, and removes those that
 * dead servers left. *fd holds the lock until it is closed. Returns 0, or -errno with *in, where it
 * was to be. */
int mn_folder_make(char out[MN_INHERIT_FOLDER], int *fd, const char **in);

/* One that another master made. Returns 0 or -errno. */
int mn_folder_share(const char *folder, int *fd);

/* What is left in it, and itself, unless another master still uses it; closes fd. */
void mn_folder_leave(const char *folder, int fd);

#endif
