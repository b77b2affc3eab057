/* sounds.h - the recordings of an app, each read once: those that its pages name in
 * ctx:play("x.wav") when it loads, others when they are first played.
 *
 * Owned by the bundle. They are numbered in the order they were read, and stay until it goes. */
#ifndef MN_SCRIPT_SOUNDS_H
#define MN_SCRIPT_SOUNDS_H

#include "audio/sound.h"
#include "base/buf.h"
#include "base/list.h"
#include "script/folder.h"

/* Bytes of one file, whatever the operator allows: some ten minutes of what a phone hears. */
#define MN_SOUND_FILE_MAX (64 << 20)

struct mn_sounds_kept {
    struct mn_list items; /* oldest first */
    int n;
    size_t bytes; /* of their files */
};

void mn_sounds_open(struct mn_sounds_kept *s);
void mn_sounds_close(struct mn_sounds_kept *s); /* accepts a zero-filled one */

/* What a script may play. */
struct mn_sound_limits {
    size_t file_bytes, all_bytes;
    int64_t ms;
};

/* The sound of a file in the app's folder; it is read when it was not. Returns its number, or,
 * with a sentence in what, MN_EABSENT, MN_EREFUSED, MN_EPROTOCOL (it is no such WAV), MN_ELIMIT or
 * another error. limits may be NULL: those of MN_SOUND_FILE_MAX. */
int mn_sounds_get(struct mn_sounds_kept *s, const struct mn_root *root, const char *path,
                  const struct mn_sound_limits *limits, struct mn_buf *what);

struct mn_sound *mn_sounds_at(const struct mn_sounds_kept *s, int number); /* NULL: none */

/* Reads what a page plays by name. Adds "file:line: sentence\n" to why for each that cannot be
 * played. Returns 0 or -ENOMEM. */
int mn_sounds_of_page(struct mn_sounds_kept *s, const struct mn_root *root, const char *shown,
                      struct mn_str source, struct mn_buf *why);

/* All that both read when they loaded is the same. */
bool mn_sounds_same(const struct mn_sounds_kept *a, const struct mn_sounds_kept *b);

#endif
