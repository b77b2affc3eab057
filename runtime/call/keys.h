/* keys.h - the keys an operator gives out: --key, and the lines of --keys.
 *
 *     # name  key, or sha256:<64 hex digits of it>   what it may; all of it may be left out
 *     web     sha256:9f86d081884c7d659a2feaa0c55ad...  apps=dental,sales calls=50 connects=120
 *     crm     c9a7-0d5e-4be2                           user=crm-north responses=500000
 *
 * Only the digest of a key is compared. The file is read when the server starts and at each reload.
 */
#ifndef MN_CALL_KEYS_H
#define MN_CALL_KEYS_H

#include "base/sha256.h"
#include "call/settings.h"

#define MN_KEY_NAME_MAX 64   /* bytes, with the NUL */
#define MN_KEY_APPS_MAX 1024 /* of the names of a key's apps, with the NUL */

/* What one may; 0: what the options say for all (call/settings.h). */
struct mn_key_limits {
    int64_t calls;     /* at once */
    int64_t connects;  /* a minute */
    int64_t responses; /* tokens of text models a day */
};

struct mn_key {
    char name[MN_KEY_NAME_MAX]; /* for logs and counters; never the key itself */
    char user[MN_KEY_NAME_MAX]; /* ctx.user.id; the name unless the line says otherwise */
    char apps[MN_KEY_APPS_MAX]; /* "dental,sales"; "": all */
    struct mn_key_limits limits;
    unsigned char digest[MN_SHA256_BYTES];
    char *text; /* when it stands in clear, for the log to hide it; owned; NULL: a digest */
};

struct mn_keys {
    struct mn_key *list; /* owned */
    int n;
};

/* Reads both; path: where the file's bytes lie now, NULL for where s says. Returns 0, -ENOMEM, or
 * MN_ECONFIG with a sentence for each mistake in why; then out is empty. */
int mn_keys_load(struct mn_keys *out, const struct mn_settings *s, const char *path,
                 struct mn_buf *why);
void mn_keys_free(struct mn_keys *keys);

/* The key that was presented, or NULL. Takes as long whichever it is. */
const struct mn_key *mn_keys_find(const struct mn_keys *keys, struct mn_str presented);

/* Whether a list as mn_key.apps names the app. */
bool mn_key_names(const char *apps, struct mn_str app);

#endif
