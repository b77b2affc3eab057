/* bundle.h - one generation of an app: its files, read once, compiled and checked.
 *
 * Immutable once loaded, and counted: every call on it holds it, the last one lets it go. Reload
 * loads the next one beside it. */
#ifndef MN_SCRIPT_BUNDLE_H
#define MN_SCRIPT_BUNDLE_H

#include "base/buf.h"
#include "base/log.h"
#include "core/spec.h"

#include <time.h>

struct mn_bundle;

/* Loads an app: path is a folder with an agent.lua, or such a file. The .env in its folder is read;
 * variables of the process win. Everything wrong is listed in why, one "file:line: sentence" a
 * line, and *out is NULL. Returns 0, MN_ESCRIPT, MN_ELIMIT (it loops or eats memory), MN_ECONFIG
 * (.env) or -errno. A bundle, and the states opened on it, belong to the thread that loaded it. */
int mn_bundle_load(struct mn_bundle **out, const char *path, struct mn_log *log,
                   struct mn_buf *why);

/* The same, recording what is read, or reading what was recorded (snapshot.h); NULL: neither. */
struct mn_snapshot;
int mn_bundle_load_by(struct mn_bundle **out, const char *path, struct mn_snapshot *snapshot,
                      struct mn_log *log, struct mn_buf *why);

/* The same for tests: .env.test stands for .env, the process's own variables are not read, and one
 * that is missing and has no default is "test-NAME". Variables in env, as a .env has them, win. */
int mn_bundle_load_for_test(struct mn_bundle **out, const char *path, struct mn_str env,
                            struct mn_log *log, struct mn_buf *why);

/* A file of the app as if it had been edited. */
struct mn_bundle_edit {
    struct mn_str path, text;
};

/* Loads the app of b again, as it is on disk by now, for a test when b was. edit may be NULL. */
int mn_bundle_load_again(struct mn_bundle **out, const struct mn_bundle *b,
                         const struct mn_bundle_edit *edit, struct mn_buf *why);

struct mn_bundle *mn_bundle_hold(struct mn_bundle *b);
void mn_bundle_drop(struct mn_bundle *b); /* accepts NULL; frees with the last hold */
int mn_bundle_holds(const struct mn_bundle *b);

const struct mn_app_spec *mn_bundle_spec(const struct mn_bundle *b); /* lives as long as b */

/* Whether both were read from the same files and variables: a call could not tell them apart. */
bool mn_bundle_same(const struct mn_bundle *a, const struct mn_bundle *b);

/* Unix seconds of a calendar time in the app's time zone. */
int64_t mn_bundle_unix(const struct mn_bundle *b, struct tm *tm);

/* Things that load but deserve a word (an agent nobody reaches), one a line. */
struct mn_str mn_bundle_warnings(const struct mn_bundle *b);

/* Writes "secret:NAME" in place of each of the app's secrets, in a text or in JSON. */
void mn_bundle_mask(const struct mn_bundle *b, struct mn_buf *text);

/* Whether the app has a store: whoever serves it opens one. */
bool mn_bundle_keeps(const struct mn_bundle *b);

/* The texts of an index of the app's, by its pattern, as store/index.h wants them. They lie in b,
 * do not change, and may be read on any thread while b is held. Empty when there is none. */
struct mn_str mn_bundle_index(const struct mn_bundle *b, struct mn_str pattern);

/* A recording that scripts play, by the number a port was given; NULL: there is none. It is
 * converted as it is heard, on the bundle's thread. */
struct mn_sound;
struct mn_sound *mn_bundle_sound_at(const struct mn_bundle *b, int number);

/* The i-th tool of all text agents, in the order they were made; NULL past the last. */
const struct mn_tool_spec *mn_bundle_text_tool(const struct mn_bundle *b, int i);

/* Appends the tree of agents with their tools and handoffs, for `myna check`. */
int mn_bundle_tree(const struct mn_bundle *b, struct mn_buf *out);

/* The same as a graph of its handoffs, in the DOT language; and as members of a JSON object that is
 * open. */
int mn_bundle_dot(const struct mn_bundle *b, struct mn_buf *out);
struct mn_writer;
int mn_bundle_json(const struct mn_bundle *b, struct mn_writer *w);

#endif
