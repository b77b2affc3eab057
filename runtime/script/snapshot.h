/* snapshot.h - what was read of apps' folders, so that another process loads the very same app.
 *
 *     master:  disk --> loading apps --> snapshot --bytes--> worker: loading the apps, no disk
 *
 * While it records, folder.c puts into it what it found; replaying, folder.c finds all in it and
 * looks at no disk. What was not read when it was recorded is absent then. */
#ifndef MN_SCRIPT_SNAPSHOT_H
#define MN_SCRIPT_SNAPSHOT_H

#include "base/buf.h"

#include <stdint.h>

struct mn_snapshot;

/* Records: empty. Replays: of bytes that mn_snapshot_write gave, borrowed while it is open. Return
 * 0, -ENOMEM, or MN_EPROTOCOL when the bytes are none. */
int mn_snapshot_record(struct mn_snapshot **out);
int mn_snapshot_replay(struct mn_snapshot **out, struct mn_str bytes);
void mn_snapshot_close(struct mn_snapshot *s); /* accepts NULL */

bool mn_snapshot_replays(const struct mn_snapshot *s); /* false for NULL */

/* What was done ("read", "list", "open"), with what, and what came of it: an error or 0, bytes, and
 * words about it. Recording the same again changes nothing. Returns 0 or -ENOMEM. */
int mn_snapshot_put(struct mn_snapshot *s, const char *what, const char *root, const char *path,
                    int err, struct mn_str bytes, struct mn_str words);

/* Appends the bytes and words and returns the error that was put; MN_EABSENT when nothing was. */
int mn_snapshot_get(const struct mn_snapshot *s, const char *what, const char *root,
                    const char *path, struct mn_buf *bytes, struct mn_buf *words);

/* Appends all of it. Returns out's sticky error. */
int mn_snapshot_write(const struct mn_snapshot *s, struct mn_buf *out);

#endif
