/* folder.h - an app's folder: where it is, how its files are named to the author, and the only way
 * files of it are opened. Nothing outside is reached, by `..`, a link or an absolute path.
 *
 * `lib/` beside the app, which apps share, is a second root; only modules are looked for there. */
#ifndef MN_SCRIPT_FOLDER_H
#define MN_SCRIPT_FOLDER_H

#include "base/buf.h"

#define MN_FOLDER_FILE_MAX (1 << 20) /* bytes of one file; a page or prompt larger is a slip */

struct mn_snapshot;

struct mn_root {
    char *real;  /* absolute, links resolved; NULL when there is no such folder */
    char *shown; /* what stands before a path of it in messages: "agents/dental/", or "" */
    struct mn_snapshot *snapshot; /* borrowed while it is read; NULL: just the disk */
};

struct mn_folder {
    struct mn_root app, lib;
    char *main; /* "agent.lua", or the file that was named */
};

/* path is a folder with an agent.lua, or a Lua file. What is read goes into the snapshot, or comes
 * from it (snapshot.h); NULL: neither. Returns 0, -ENOMEM, or -errno with a sentence in why. */
int mn_folder_open(struct mn_folder *f, const char *path, struct mn_snapshot *snapshot,
                   struct mn_buf *why);
void mn_folder_seal(struct mn_folder *f);  /* the snapshot is no longer there */
void mn_folder_close(struct mn_folder *f); /* accepts a zero-filled one */

/* Reads root's file whole. Returns 0, MN_EABSENT, MN_EREFUSED when it is outside, or another error;
 * what appends what is wrong, as "prompts/x.md leads outside the app's folder". */
int mn_root_read(const struct mn_root *root, const char *path, struct mn_buf *out,
                 struct mn_buf *what);

/* The same of a file that may have up to `most` bytes; MN_ELIMIT when it has more. */
int mn_root_read_upto(const struct mn_root *root, const char *path, size_t most, struct mn_buf *out,
                      struct mn_buf *what);

/* Appends the paths that fit, sorted, each with a NUL behind it: "knowledge/a.md". The last part of
 * the pattern may hold *, ? and [...]; files that begin with a dot fit no *. Returns 0 or an error,
 * as mn_root_read. */
int mn_root_list(const struct mn_root *root, const char *pattern, struct mn_buf *out,
                 struct mn_buf *what);

#endif
